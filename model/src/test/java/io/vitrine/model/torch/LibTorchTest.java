package io.vitrine.model.torch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.util.NativeResource;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.TinyModels;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/** A GPU that was asked for and cannot be had, and work on threads that end with it. */
class LibTorchTest {

    private static AbstractThrowableAssert<?, ?> assertThatTheMendIsNamed(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOf(DeviceUnavailableException.class)
                .hasMessageStartingWith("the model is to run on cuda:1 and ")
                .hasMessageContaining("PYTORCH_FLAVOR=cu128")
                .hasMessageContaining("set PYTORCH_LIBRARY_PATH to its lib folder")
                .hasMessageContaining("without PYTORCH_LIBRARY_PATH the CPU jar that comes along is used")
                .hasMessageContaining("set engine.device to cpu")
                .hasMessageNotContaining("\n");
    }

    private static void assumeTheLibraryOfTheJars() {
        assumeThat(System.getenv("PYTORCH_LIBRARY_PATH"))
                .as("the libtorch of the jars, which has no CUDA")
                .isNull();
    }

    @Test
    void refusesAGpuThatThisLibraryCannotUse() {
        assumeTheLibraryOfTheJars();
        assertThatTheMendIsNamed(() -> TorchRunner.require(TorchDevice.cuda(1)))
                .hasMessageContaining("this libtorch has no CUDA, or CUDA sees no GPU");
    }

    @Test
    void loadsNoModelOntoTheProcessorInstead() throws IOException {
        assumeTheLibraryOfTheJars();
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-gqa"))) {
            TorchSettings settings = new TorchSettings(TorchDevice.cuda(1), Precision.BF16, 1, 16, 1);
            assertThatTheMendIsNamed(() -> TorchRunner.load(checkpoint.config(), checkpoint, settings));
        }
    }

    @Test
    void saysWhatWouldHelpWhereTheNamedLibraryDoesNotLoad() {
        EngineException failure = new EngineException(
                "Failed to load PyTorch native library", new UnsatisfiedLinkError("libcuda.so.1: cannot open"));
        assertThatTheMendIsNamed(() -> LibTorch.require(
                        TorchDevice.cuda(1),
                        capability -> {
                            throw failure;
                        },
                        device -> {}))
                .hasMessageContaining("libtorch does not load: libcuda.so.1: cannot open. Put ")
                .hasCause(failure);
    }

    @Test
    void triesTheVeryGpuThatWasAskedFor() {
        List<Device> tried = new ArrayList<>();
        LibTorch.require(TorchDevice.cuda(1), "CUDA"::equals, tried::add);
        assertThat(tried).containsExactly(Device.gpu(1));
    }

    @Test
    void tellsInOneLineWhyAGpuTakesNoTensor() {
        assertThatThrownBy(() -> LibTorch.require(TorchDevice.cuda(7), "CUDA"::equals, device -> {
                    throw new EngineException("CUDA error: invalid device ordinal\nCUDA kernel errors might be ...");
                }))
                .isInstanceOf(DeviceUnavailableException.class)
                .hasMessage("the model is to run on cuda:7 and no tensor can be put there: "
                        + "CUDA error: invalid device ordinal");
    }

    private static final class Given extends NativeResource<Long> {

        private final Thread maker = Thread.currentThread();
        private boolean closed;

        Given(long number) {
            super(number);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void handsOnInOrderWhatSeveralThreadsGave() {
        List<Callable<Given>> works = LongStream.range(0, 20)
                .<Callable<Given>>mapToObj(number -> () -> new Given(number))
                .toList();
        List<Given> taken = new ArrayList<>();
        LibTorch.onThreadsOfTheirOwn(2, works, taken::add);
        assertThat(taken)
                .map(Given::getHandle)
                .containsExactlyElementsOf(LongStream.range(0, 20).boxed().toList());
        assertThat(taken).noneMatch(given -> given.maker.isAlive()).noneMatch(given -> given.closed);
    }

    @Test
    void closesWhatWasGivenBeforeAWorkFailed() {
        Given given = new Given(1);
        List<Given> taken = new ArrayList<>();
        List<Callable<Given>> works = List.of(
                () -> {
                    throw new IllegalStateException("no such tensor");
                },
                () -> given);
        assertThatThrownBy(() -> LibTorch.onThreadsOfTheirOwn(1, works, taken::add))
                .hasMessage("no such tensor");
        assertThat(taken).isEmpty();
        assertThat(given.closed).isTrue();
    }
}
