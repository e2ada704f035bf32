package io.vitrine.model.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;

/**
 * Memory of loading a model, from Linux's {@code /proc/self/status}: what is resident before and after, and the most in
 * between. The mapped model file counts as long as its pages are in memory.
 *
 * <pre>LoadMemory MODEL float32|bf16|int8</pre>
 */
public final class LoadMemory {

    private LoadMemory() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("needs MODEL float32|bf16|int8");
        }
        Precision precision = Precision.valueOf(args[1].toUpperCase(Locale.ROOT));
        long before = mebibytes("RssAnon");
        long start = System.nanoTime();
        try (Checkpoint checkpoint = Checkpoint.open(Path.of(args[0]))) {
            var settings = new TorchSettings(precision, Runtime.getRuntime().availableProcessors(), 512, 8);
            var watch = new Watch();
            watch.start();
            try (TorchRunner runner = TorchRunner.load(checkpoint.config(), checkpoint, settings)) {
                double seconds = (System.nanoTime() - start) / 1e9;
                watch.interrupt();
                System.out.printf(
                        Locale.ROOT,
                        "%s, %d layers: anonymous memory %d MiB before, %d after, at most %d; %.1f s%n",
                        precision.word(),
                        runner.layerCount(),
                        before,
                        mebibytes("RssAnon"),
                        watch.most,
                        seconds);
            }
        }
    }

    private static long mebibytes(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                .findFirst()
                .orElseThrow(() -> new IOException("no " + field + " in /proc/self/status"));
    }

    /**
     * Reads the anonymous memory every few milliseconds: the kernel keeps a peak only of all resident memory, the
     * mapped file included.
     */
    private static final class Watch extends Thread {

        private volatile long most;

        Watch() {
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (!isInterrupted()) {
                    most = Math.max(most, mebibytes("RssAnon"));
                    Thread.sleep(5);
                }
            } catch (IOException | InterruptedException e) {
                // at its end
            }
        }
    }
}
