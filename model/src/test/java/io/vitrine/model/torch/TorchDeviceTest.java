package io.vitrine.model.torch;

import ai.djl.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TorchDeviceTest {

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda:0", "cuda:1", "cuda:127"})
    void writesWhatItReads(String text) {
        assertThat(TorchDevice.parse(text)).hasToString(text);
    }

    @Test
    void isNamedToLibtorchByItsIndex() {
        assertThat(TorchDevice.parse("cuda:3").toDjl()).isEqualTo(Device.gpu(3));
        assertThat(TorchDevice.parse("cpu").toDjl()).isEqualTo(Device.cpu());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda", "cuda:", "cuda:-1", "cuda:1a", "CUDA:0", "cpu:0", "cuda:1000", " cpu"})
    void refusesWhatIsNeither(String text) {
        assertThatThrownBy(() -> TorchDevice.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a device must be cpu or cuda:N: " + text);
    }

    @Test
    void refusesAnIndexThatLibtorchCannotHold() {
        assertThatThrownBy(() -> TorchDevice.parse("cuda:128"))
                .hasMessage("a CUDA index must be between 0 and 127: 128");
        assertThatThrownBy(() -> TorchDevice.cuda(-1)).hasMessage("a CUDA index must be between 0 and 127: -1");
    }

    @Test
    void runsNoInt8OnAGpu() {
        assertThatThrownBy(() -> new TorchSettings(TorchDevice.cuda(0), Precision.INT8, 1, 16, 1))
                .hasMessage("precision must be bf16 or float32 on cuda:0, int8 is for the processor: int8");
    }
}
