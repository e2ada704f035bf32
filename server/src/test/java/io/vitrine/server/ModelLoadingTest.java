package io.vitrine.server;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;

import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.ServerConfig;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelLoadingTest {

    private static final ServerConfig CONFIG =
            new ConfigReader(Map.of()).read(Optional.empty(), List.of()).config();

    private final LoadedModel model = TestModel.with(TestModel.runner(), 1);

    private static ModelLoading begin(ModelLoader loader) {
        return ModelLoading.begin(loader, CONFIG, System::nanoTime);
    }

    private boolean modelIsClosed() {
        return ((ByteTokenizer) model.text().tokenizer()).isClosed();
    }

    @Test
    void beginsBeforeAnybodyWaits() throws Exception {
        var begun = new CountDownLatch(1);
        try (ModelLoading loading = begin(config -> {
            begun.countDown();
            return model;
        })) {
            begun.await();
            assertThat(loading.await()).isSameAs(model);
        }
        assertThat(modelIsClosed()).as("it is the caller's").isFalse();
    }

    @Test
    void handsOnWhatTheLoaderThrows() {
        var missing = new IOException("no such file");
        try (ModelLoading loading = begin(config -> {
            throw missing;
        })) {
            assertThatThrownBy(loading::await).isSameAs(missing);
        }
        var damaged = new IllegalArgumentException("damaged");
        try (ModelLoading loading = begin(config -> {
            throw damaged;
        })) {
            assertThatThrownBy(loading::await).isSameAs(damaged);
        }
        var broken = new NoClassDefFoundError("libtorch");
        try (ModelLoading loading = begin(config -> {
            throw broken;
        })) {
            assertThatThrownBy(loading::await).isSameAs(broken);
        }
    }

    @Test
    void closingInterruptsADownload() throws Exception {
        var begun = new CountDownLatch(1);
        ModelLoading loading = begin(config -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return model;
        });
        begun.await();
        loading.close();
        assertThatThrownBy(loading::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void closingWaitsForWhatCannotBeInterruptedAndClosesTheModel() throws Exception {
        var begun = new CountDownLatch(1);
        ModelLoading loading = begin(config -> {
            begun.countDown();
            while (!Thread.interrupted()) {
                Thread.onSpinWait();
            }
            return model;
        });
        begun.await();
        loading.close();
        assertThat(modelIsClosed()).isTrue();
        assertThatThrownBy(loading::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void closingClosesAModelThatNobodyTook() throws Exception {
        var done = new CountDownLatch(1);
        ModelLoading loading = begin(config -> {
            done.countDown();
            return model;
        });
        done.await();
        loading.close();
        assertThat(modelIsClosed()).isTrue();
        loading.close();
        assertThatThrownBy(loading::await).isInstanceOf(CancellationException.class);
    }
}
