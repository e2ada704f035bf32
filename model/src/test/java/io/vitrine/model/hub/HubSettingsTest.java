package io.vitrine.model.hub;

import java.net.URI;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HubSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "https://hub.example,          https://hub.example/x,      true",
        "https://hub.example,          https://HUB.example:443/x,  true",
        "https://hub.example,          http://hub.example/x,       false",
        "https://hub.example,          https://hub.example:8443/x, false",
        "https://hub.example,          https://cdn.hub.example/x,  false",
        "http://hub.example:8080/pre,  http://hub.example:8080/x,  true",
    })
    void isAtHomeOnlyAtTheEndpointItself(URI endpoint, URI address, boolean home) {
        assertThat(HubSettings.DEFAULT.withEndpoint(endpoint).isHome(address)).isEqualTo(home);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://mirror.example/hf", "https://mirror.example/hf/"})
    void keepsAPathOfTheEndpoint(URI endpoint) {
        assertThat(HubSettings.DEFAULT.withEndpoint(endpoint).at("/api/models/a/b"))
                .isEqualTo(URI.create("https://mirror.example/hf/api/models/a/b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://hub.example", "hub.example", "https:///path", "file:///etc"})
    void refusesAnEndpointThatIsNone(URI endpoint) {
        assertThatThrownBy(() -> HubSettings.DEFAULT.withEndpoint(endpoint))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The hub's endpoint must be an http or https address: " + endpoint);
    }

    @Test
    void refusesNoTime() {
        assertThatThrownBy(() -> HubSettings.DEFAULT.withConnectTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("connectTimeout must be > 0: PT0S");
    }

    @Test
    void doesNotShowTheToken() {
        assertThat(HubSettings.DEFAULT.withToken("secret"))
                .hasToString("HubSettings[endpoint=https://huggingface.co, token=set]");
    }
}
