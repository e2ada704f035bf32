package io.vitrine.server.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;

/** What a request's head must keep of RFC 9112 beside its syntax, which Netty checks. */
final class HeadRules {

    /** A target with scheme and authority (RFC 9112, section 3.2.2). */
    private static final Pattern ABSOLUTE_FORM = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)");

    private HeadRules() {}

    /** The first rule that a head breaks. */
    static Optional<ApiException> check(HttpRequest head, int maxHeaders) {
        if (!isSupported(head.protocolVersion())) {
            return Optional.of(new ApiException(
                    ErrorReason.HTTP_VERSION_NOT_SUPPORTED, "the versions of HTTP served here are 1.0 and 1.1"));
        }
        if (!isExact(head.protocolVersion())) {
            return Optional.of(invalid("the version in a request line is HTTP/1.0 or HTTP/1.1, in capitals"));
        }
        int headerCount = headerCount(head);
        if (headerCount > maxHeaders) {
            return Optional.of(new ApiException(
                    ErrorReason.HEADERS_TOO_LARGE,
                    "a request must not have more than " + maxHeaders + " headers: " + headerCount));
        }
        return checkHost(head).or(() -> checkTransferCoding(head)).or(() -> checkExpectation(head));
    }

    /** A head of another version is answered in one that every client knows. Vert.x compares versions by identity. */
    static void answerable(HttpRequest head) {
        HttpVersion version = head.protocolVersion();
        if (!isExact(version)) {
            head.setProtocolVersion(version.equals(HttpVersion.HTTP_1_0) ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1);
        }
    }

    /** Whether it was written as the decoder's own constants are. */
    @SuppressWarnings(
            "ReferenceEquality") // the decoder takes what is written otherwise, and makes an object of its own for it
    private static boolean isExact(HttpVersion version) {
        return version == HttpVersion.HTTP_1_0 || version == HttpVersion.HTTP_1_1;
    }

    /** Lines, not names. */
    private static int headerCount(HttpRequest head) {
        int count = 0;
        for (var headers = head.headers().iteratorCharSequence(); headers.hasNext(); headers.next()) {
            count++;
        }
        return count;
    }

    private static boolean isSupported(HttpVersion version) {
        return version.equals(HttpVersion.HTTP_1_0) || version.equals(HttpVersion.HTTP_1_1);
    }

    private static Optional<ApiException> checkHost(HttpRequest head) {
        List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
        Matcher target = ABSOLUTE_FORM.matcher(head.uri());
        if (target.lookingAt()) {
            // Vert.x takes the Host header alone for what was asked.
            if (hosts.isEmpty() && head.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
                head.headers().set(HttpHeaderNames.HOST, target.group(2));
                hosts = head.headers().getAll(HttpHeaderNames.HOST);
            } else if (hosts.size() == 1 && !isSame(hosts.get(0), target.group(2), target.group(1))) {
                return Optional.of(invalid("the Host header must be that of the request's target"));
            }
        }
        if (hosts.isEmpty()) {
            return head.protocolVersion().equals(HttpVersion.HTTP_1_0)
                    ? Optional.empty()
                    : Optional.of(invalid("a request of HTTP/1.1 must have a Host header"));
        }
        if (hosts.size() > 1) {
            return Optional.of(invalid("a request must have one Host header, not " + hosts.size()));
        }
        return HostAndPort.parseAuthority(hosts.get(0), -1) == null
                ? Optional.of(invalid("the Host header must be a host, and a port where it has one"))
                : Optional.empty();
    }

    /** Whether two authorities name the same host and port; a port that is left out is the scheme's. */
    private static boolean isSame(String host, String authority, String scheme) {
        HostAndPort one = HostAndPort.parseAuthority(host, -1);
        HostAndPort other = HostAndPort.parseAuthority(authority, -1);
        return one != null
                && other != null
                && HostRule.host(one).equals(HostRule.host(other))
                && SameSite.port(one, scheme) == SameSite.port(other, scheme);
    }

    private static Optional<ApiException> checkTransferCoding(HttpRequest head) {
        List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                .toList();
        if (codings.isEmpty() || codings.equals(List.of("chunked"))) {
            return Optional.empty();
        }
        if (codings.indexOf("chunked") == codings.size() - 1 || !codings.contains("chunked")) {
            return Optional.of(
                    new ApiException(ErrorReason.NOT_IMPLEMENTED, "the only transfer coding served here is chunked"));
        }
        return Optional.of(invalid("chunked must be the last transfer coding, and there once"));
    }

    private static Optional<ApiException> checkExpectation(HttpRequest head) {
        boolean known = head.headers().getAll(HttpHeaderNames.EXPECT).stream()
                .allMatch(expectation -> expectation.strip().equalsIgnoreCase("100-continue"));
        return known
                ? Optional.empty()
                : Optional.of(new ApiException(
                        ErrorReason.EXPECTATION_FAILED, "the only expectation that can be met is 100-continue"));
    }

    private static ApiException invalid(String message) {
        return new ApiException(ErrorReason.INVALID_REQUEST, message, null, "invalid_http");
    }
}
