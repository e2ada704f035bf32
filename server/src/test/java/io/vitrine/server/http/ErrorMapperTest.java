package io.vitrine.server.http;

import java.time.Duration;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorBody;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.tenants.limits.RetryAfter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class ErrorMapperTest {

    /** g2 and g3: the status picks the class of exception in a client, and whether it tries again. */
    @ParameterizedTest
    @CsvSource({
        "INVALID_REQUEST, 400, invalid_request_error",
        "CONTEXT_LENGTH_EXCEEDED, 400, invalid_request_error",
        "NOT_FOUND, 404, invalid_request_error",
        "MODEL_NOT_FOUND, 404, invalid_request_error",
        "METHOD_NOT_ALLOWED, 405, invalid_request_error",
        "REQUEST_TIMEOUT, 408, invalid_request_error",
        "CONFLICT, 409, invalid_request_error",
        "BODY_TOO_LARGE, 413, invalid_request_error",
        "URI_TOO_LONG, 414, invalid_request_error",
        "UNSUPPORTED_MEDIA_TYPE, 415, invalid_request_error",
        "INVALID_API_KEY, 401, authentication_error",
        "PERMISSION_DENIED, 403, permission_error",
        "REQUEST_RATE_EXCEEDED, 429, rate_limit_error",
        "TOKEN_RATE_EXCEEDED, 429, rate_limit_error",
        "CONCURRENCY_EXCEEDED, 429, rate_limit_error",
        "REQUEST_EXCEEDS_RATE, 429, rate_limit_error",
        "INSUFFICIENT_QUOTA, 429, insufficient_quota",
        "QUEUE_FULL, 429, rate_limit_error",
        "HEADERS_TOO_LARGE, 431, invalid_request_error",
        "MODEL_FAILED, 500, server_error",
        "UNUSABLE_LOGITS, 500, server_error",
        "INTERNAL_ERROR, 500, server_error",
        "DRAINING, 503, server_error",
        "LOADING, 503, server_error",
        "ENGINE_STOPPED, 503, server_error",
        "GPU_UNUSABLE, 503, server_error",
        "DEADLINE_EXCEEDED, 504, server_error",
    })
    void givesEachReasonItsStatusAndClass(ErrorReason reason, int status, String type) {
        ErrorBody.Detail detail =
                ErrorMapper.body(new ApiException(reason, "why")).error();

        assertThat(ErrorMapper.status(reason)).isEqualTo(status);
        assertThat(detail).isEqualTo(new ErrorBody.Detail("why", type, null, reason.code(), null, null));
    }

    @ParameterizedTest
    @EnumSource(ErrorReason.class)
    void saysWhenToTryAgainExactlyWhereWaitingHelps(ErrorReason reason) {
        int status = ErrorMapper.status(reason);
        ApiException error = new ApiException(reason, "why");

        assertThat(ErrorMapper.retryAfter(error).isPresent())
                .as("by itself; a tenant's limits know for each request")
                .isEqualTo(reason == ErrorReason.QUEUE_FULL || status == 503);
        assertThat(ErrorMapper.retryAfter(error.retryAfter(Duration.ofMillis(1_500))))
                .contains(new RetryAfter(Duration.ofMillis(1_500)));
        assertThat(ErrorMapper.errorType(reason)).isNotNull();
    }
}
