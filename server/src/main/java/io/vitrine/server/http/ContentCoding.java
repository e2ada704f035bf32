package io.vitrine.server.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import org.jspecify.annotations.Nullable;

/** How a body is compressed (RFC 9110, section 8.4.1). */
enum ContentCoding {
    IDENTITY,
    GZIP,
    /** The zlib format; the bare one too, which some clients send under this name. */
    DEFLATE;

    /** For the header {@code accept-encoding} of a refusal. */
    static final String ACCEPTED = "gzip, deflate";

    private static final int CHUNK_BYTES = 8 * 1024;
    private static final int ZLIB_METHOD_DEFLATE = 8;
    private static final int ZLIB_CHECK = 31;

    /**
     * The coding of a request's body.
     *
     * @throws ApiException if it is none of these, or there are several
     */
    static ContentCoding of(HttpServerRequest request) {
        List<String> codings = request.headers().getAll(HttpHeaders.CONTENT_ENCODING).stream()
                .flatMap(header -> Arrays.stream(header.split(",", -1)))
                .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                .filter(coding -> !coding.isEmpty() && !coding.equals("identity"))
                .toList();
        if (codings.isEmpty()) {
            return IDENTITY;
        }
        if (codings.size() == 1) {
            switch (codings.get(0)) {
                case "gzip", "x-gzip" -> {
                    return GZIP;
                }
                case "deflate" -> {
                    return DEFLATE;
                }
                default -> {
                    // Refused below.
                }
            }
        }
        throw new ApiException(
                ErrorReason.UNSUPPORTED_ENCODING, "the content encoding must be one of gzip, deflate and identity");
    }

    /** Whether a client takes a coding, by its {@code accept-encoding} header. */
    static boolean acceptsGzip(@Nullable String acceptEncoding) {
        if (acceptEncoding == null) {
            return false;
        }
        boolean any = false;
        for (String element : acceptEncoding.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = element.split(";", 2);
            boolean taken = parts.length < 2 || !parts[1].strip().matches("q\\s*=\\s*0(\\.0*)?");
            switch (parts[0].strip()) {
                case "gzip", "x-gzip" -> {
                    return taken;
                }
                case "*" -> any = taken;
                default -> {
                    // Another coding.
                }
            }
        }
        return any;
    }

    static byte[] gzip(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4 + CHUNK_BYTES);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * The body as it was before it was coded. Takes time; not for an event loop.
     *
     * @throws ApiException if it has more than {@code maxBytes}, which is found before they are exceeded, or is not coded so
     */
    byte[] decode(byte[] body, int maxBytes) {
        if (this == IDENTITY) {
            return body;
        }
        ByteArrayInputStream coded = new ByteArrayInputStream(body);
        Inflater inflater = new Inflater(!isZlib(body));
        try (InputStream in = this == GZIP ? new GZIPInputStream(coded) : new InflaterInputStream(coded, inflater)) {
            byte[] plain = readUpTo(in, maxBytes);
            if (this == DEFLATE && (inflater.getRemaining() > 0 || coded.available() > 0)) {
                throw notCodedSo();
            }
            return plain;
        } catch (IOException e) {
            throw notCodedSo();
        } finally {
            inflater.end();
        }
    }

    private static byte[] readUpTo(InputStream in, int maxBytes) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            if (plain.size() + count > maxBytes) {
                throw BodyReader.tooLarge(maxBytes);
            }
            plain.write(chunk, 0, count);
        }
        return plain.toByteArray();
    }

    /** By its two bytes of header (RFC 1950). */
    private static boolean isZlib(byte[] body) {
        return body.length >= 2
                && (body[0] & 0x0f) == ZLIB_METHOD_DEFLATE
                && (((body[0] & 0xff) << 8) | (body[1] & 0xff)) % ZLIB_CHECK == 0;
    }

    private ApiException notCodedSo() {
        return new ApiException(
                ErrorReason.INVALID_REQUEST,
                "the body is not valid " + name().toLowerCase(Locale.ROOT) + ", as its content-encoding says",
                null,
                "invalid_encoding");
    }
}
