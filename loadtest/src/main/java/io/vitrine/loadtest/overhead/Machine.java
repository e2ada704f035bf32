package io.vitrine.loadtest.overhead;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The machine in words, as far as it says; nothing that names it. */
final class Machine {

    private Machine() {}

    static Map<String, String> describe() {
        Map<String, String> machine = new TreeMap<>();
        machine.put("java", Runtime.version().toString());
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        machine.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
        value("/proc/cpuinfo", "model name").ifPresent(name -> machine.put("processor", name));
        value("/proc/meminfo", "MemTotal").ifPresent(total -> machine.put("memory", total));
        machine.put("kernel", System.getProperty("os.version"));
        return machine;
    }

    private static Optional<String> value(String file, String key) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(key) && line.contains(":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // not Linux
        }
    }
}
