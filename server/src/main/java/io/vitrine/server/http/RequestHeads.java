package io.vitrine.server.http;

import java.util.Locale;
import java.util.Optional;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vitrine.observability.RequestHead;

/** Reads from a request's head what its trace tells; a head that could not be read gives what there is of it. */
final class RequestHeads {

    private static final int MAX_LENGTH = 256;

    private RequestHeads() {}

    static RequestHead of(String id, HttpServerRequest request, long startNanos) {
        HostAndPort authority = request.authority();
        SocketAddress client = request.remoteAddress();
        String path = request.path();
        return new RequestHead(
                id,
                request.method().name(),
                String.valueOf(request.scheme()).toLowerCase(Locale.ROOT),
                path == null ? "" : shortened(path),
                version(request.version()),
                authority == null ? "" : shortened(authority.host()),
                authority == null ? 0 : port(authority, request),
                client == null || client.hostAddress() == null ? "" : client.hostAddress(),
                Optional.ofNullable(request.getHeader(HttpHeaders.USER_AGENT)).map(RequestHeads::shortened),
                Optional.ofNullable(request.getHeader(RequestHead.TRACE_HEADER)),
                startNanos);
    }

    private static int port(HostAndPort authority, HttpServerRequest request) {
        SocketAddress local = request.localAddress();
        return authority.port() > 0 || local == null ? authority.port() : local.port();
    }

    private static String version(HttpVersion version) {
        return switch (version) {
            case HTTP_1_0 -> "1.0";
            case HTTP_1_1 -> "1.1";
            case HTTP_2 -> "2";
        };
    }

    private static String shortened(String text) {
        String masked = KeyShapes.masked(text);
        return masked.length() <= MAX_LENGTH ? masked : masked.substring(0, MAX_LENGTH);
    }
}
