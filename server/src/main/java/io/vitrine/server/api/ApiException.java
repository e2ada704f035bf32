package io.vitrine.server.api;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A request that gets an error instead of an answer. The message is for the client: it names the value and the rule, and
 * tells nothing of the server's inside. Carries no stack trace: it is an outcome, and a flood of bad requests must be cheap.
 */
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN_LENGTH = 500;

    private final ErrorReason reason;
    private final String text;
    private final @Nullable String param;
    private final String code;
    private final @Nullable Duration retryAfter;
    private final @Nullable ContextSize contextSize;
    private final @Nullable String refusedKeyword;

    /**
     * Why a request is too long.
     *
     * @param promptTokens of the prompt, or at least so many where it was not tokenised
     * @param contextTokens that prompt and answer may have together
     */
    public record ContextSize(long promptTokens, long contextTokens) implements Serializable {}

    /** An error that is about no one field; its code is the type's own. */
    public ApiException(ErrorReason reason, String message) {
        this(reason, message, null, reason.code());
    }

    /**
     * An error about a field.
     *
     * @param param the field, as the client spells it; null for none
     * @param code for programs
     */
    public ApiException(ErrorReason reason, String message, @Nullable String param, String code) {
        this(reason, message, param, code, null, null, null);
    }

    private ApiException(
            ErrorReason reason,
            String message,
            @Nullable String param,
            String code,
            @Nullable Duration retryAfter,
            @Nullable ContextSize contextSize,
            @Nullable String refusedKeyword) {
        super(message, null, false, false);
        // What a client sent may be part of both.
        this.text = UnicodeText.wellFormed(message);
        this.reason = reason;
        this.param = param == null ? null : UnicodeText.wellFormed(param);
        this.code = code;
        this.retryAfter = retryAfter;
        this.contextSize = contextSize;
        this.refusedKeyword = refusedKeyword;
    }

    /** The same, with a time after which another try may do better. */
    public ApiException retryAfter(Duration delay) {
        return new ApiException(reason, text, param, code, delay, contextSize, refusedKeyword);
    }

    /** When another try may do better, if this request knows that better than its reason does. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** The two numbers of a request that is too long; empty for every other. */
    public Optional<ContextSize> contextSize() {
        return Optional.ofNullable(contextSize);
    }

    /** The keyword of a constraint on the answer that cannot be enforced; empty for every other error. */
    public Optional<String> refusedKeyword() {
        return Optional.ofNullable(refusedKeyword);
    }

    public ErrorReason reason() {
        return reason;
    }

    @Override
    public String getMessage() {
        return text;
    }

    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    public String code() {
        return code;
    }

    /** A value that breaks a rule. */
    public static ApiException invalid(String param, String message) {
        return new ApiException(ErrorReason.INVALID_REQUEST, message, param, "invalid_value");
    }

    /** A prompt, or a prompt and its answer, longer than the context. */
    public static ApiException tooLong(String message, long promptTokens, long contextTokens) {
        ErrorReason reason = ErrorReason.CONTEXT_LENGTH_EXCEEDED;
        return new ApiException(
                reason, message, null, reason.code(), null, new ContextSize(promptTokens, contextTokens), null);
    }

    /**
     * A constraint on the answer that cannot be enforced. Client's texts in it are cut.
     *
     * @param keyword of the constraint's language
     */
    public static ApiException refusedConstraint(String param, String message, String keyword) {
        return new ApiException(
                ErrorReason.INVALID_REQUEST,
                UnicodeText.cut(message, SHOWN_LENGTH),
                UnicodeText.cut(param, SHOWN_LENGTH),
                "invalid_constraint",
                null,
                null,
                keyword);
    }

    static ApiException missing(String param) {
        return new ApiException(
                ErrorReason.INVALID_REQUEST,
                "missing required parameter: " + param,
                param,
                "missing_required_parameter");
    }

    static ApiException unsupported(String param, String message) {
        return new ApiException(ErrorReason.INVALID_REQUEST, message, param, "unsupported_parameter");
    }
}
