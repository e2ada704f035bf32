package io.vitrine.model.quality;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A SHA-256 of a model's files that takes milliseconds whatever their size: of names, sizes, and {@link #SAMPLES}
 * pieces of each, evenly spread, the first and the last among them. Training changes every tensor, so it changes the
 * pieces. No proof against forgery.
 */
final class SampledDigest {

    private static final int SAMPLES = 32;
    private static final int SAMPLE_BYTES = 1 << 14;

    private SampledDigest() {}

    /** Of a {@code .gguf} file, or of the weights, configuration and tokenizer in a folder. */
    static String of(Path model) throws IOException {
        MessageDigest digest = sha256();
        for (Path file : filesOf(model)) {
            try (SeekableByteChannel channel = Files.newByteChannel(file)) {
                String head = file.getFileName() + " " + channel.size() + "\n";
                digest.update(head.getBytes(StandardCharsets.UTF_8));
                addSamples(digest, channel);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static List<Path> filesOf(Path model) throws IOException {
        if (!Files.isDirectory(model)) {
            return List.of(model);
        }
        try (Stream<Path> files = Files.list(model)) {
            return files.filter(SampledDigest::isOfTheModel).sorted().toList();
        }
    }

    private static boolean isOfTheModel(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return Files.isRegularFile(file) && (name.endsWith(".safetensors") || name.endsWith(".json"));
    }

    private static void addSamples(MessageDigest digest, SeekableByteChannel channel) throws IOException {
        long last = Math.max(0, channel.size() - SAMPLE_BYTES);
        ByteBuffer sample = ByteBuffer.allocate(SAMPLE_BYTES);
        for (int index = 0; index < SAMPLES; index++) {
            channel.position(last / (SAMPLES - 1) * index + (index == SAMPLES - 1 ? last % (SAMPLES - 1) : 0));
            sample.clear();
            while (sample.hasRemaining() && channel.read(sample) >= 0) {
                // until the piece or the file is at its end
            }
            digest.update(sample.flip());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
