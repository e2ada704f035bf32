package io.vitrine.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The console's pages and libraries, from this jar and those of the libraries: names to bytes, compressed once, with the entity tag and
 * the policy of what a page may load. May read files: not for an event loop.
 */
final class ConsoleFiles {

    static final String INDEX = "index.html";

    private static final String FOLDER = "/io/vitrine/server/console/";
    private static final String WEBJARS = "/META-INF/resources/webjars/";
    private static final Pattern LIBRARY = Pattern.compile("lib/([a-z-]+)/(.+)");
    /** Folder under {@code /console/lib} to the library's name as a jar. */
    private static final Map<String, String> LIBRARIES = Map.of(
            "lit", "lit",
            "lit-html", "lit-html",
            "lit-element", "lit-element",
            "reactive-element", "lit__reactive-element",
            "uplot", "uplot");

    /** No empty part, none that begins with a dot: nothing leads out of the folder. */
    private static final Pattern NAME =
            Pattern.compile("(?:[A-Za-z0-9_@-][A-Za-z0-9_@.-]*/)*[A-Za-z0-9_@-][A-Za-z0-9_@.-]*");

    private static final int LONGEST_NAME = 200;
    private static final Pattern INLINE =
            Pattern.compile("<script\\s+type=\"importmap\"\\s*>(.*?)</script>", Pattern.DOTALL);
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("md", "text/markdown; charset=utf-8"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    private final Optional<Path> directory;
    /** Only what exists: as many as there are files. */
    private final Map<String, ConsoleFile> cache = new ConcurrentHashMap<>();

    /**
     * A file as it is sent.
     *
     * @param policy value of {@code Content-Security-Policy}
     */
    record ConsoleFile(String type, byte[] content, byte[] compressed, String tag, String policy) {}

    /** @param directory instead of the built-in pages, read anew at each request */
    ConsoleFiles(Optional<Path> directory) {
        this.directory = directory;
    }

    /** A file by its path below {@code /console/}; empty if there is none. */
    Optional<ConsoleFile> find(String name) {
        if (name.length() > LONGEST_NAME || !NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        ConsoleFile known = cache.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        byte @Nullable [] content = type == null ? null : read(name);
        if (type == null || content == null) {
            return Optional.empty();
        }
        ConsoleFile file =
                new ConsoleFile(type, content, ContentCoding.gzip(content), tag(content), policy(content, type));
        if (directory.isEmpty() || name.startsWith("lib/")) {
            cache.put(name, file);
        }
        return Optional.of(file);
    }

    private byte @Nullable [] read(String name) {
        Matcher library = LIBRARY.matcher(name);
        try {
            if (library.matches()) {
                return readLibrary(LIBRARIES.get(library.group(1)), library.group(2));
            }
            if (directory.isPresent()) {
                Path file = directory.get().resolve(name);
                return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
            }
            return resource(FOLDER + name);
        } catch (IOException e) {
            throw new UncheckedIOException("the console's file " + name + " cannot be read", e);
        }
    }

    private static byte @Nullable [] readLibrary(@Nullable String library, String name) throws IOException {
        if (library == null) {
            return null;
        }
        byte @Nullable [] facts = resource("/META-INF/maven/org.webjars.npm/" + library + "/pom.properties");
        if (facts == null) {
            return null;
        }
        Properties properties = new Properties();
        properties.load(new StringReader(new String(facts, StandardCharsets.ISO_8859_1)));
        return resource(WEBJARS + library + "/" + properties.getProperty("version") + "/" + name);
    }

    private static byte @Nullable [] resource(String path) throws IOException {
        try (InputStream in = ConsoleFiles.class.getResourceAsStream(path)) {
            return in == null ? null : in.readAllBytes();
        }
    }

    private static String tag(byte[] content) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(sha256(content))
                .substring(0, 22);
    }

    /** A browser reads import maps from the page alone: of those, and of no other inline script, the hashes are allowed. */
    private static String policy(byte[] content, String type) {
        StringBuilder scripts = new StringBuilder("'self'");
        if (type.startsWith("text/html")) {
            Matcher inline = INLINE.matcher(new String(content, StandardCharsets.UTF_8));
            while (inline.find()) {
                byte[] hash = sha256(inline.group(1).getBytes(StandardCharsets.UTF_8));
                scripts.append(" 'sha256-")
                        .append(Base64.getEncoder().encodeToString(hash))
                        .append('\'');
            }
        }
        return "default-src 'none'; script-src " + scripts
                + "; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self';"
                + " manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
