package io.vitrine.observability.tracing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;

/** W3C trace states: a list of vendors' entries, the latest first. */
final class TraceStates {

    static final int MAX_ENTRIES = 32;
    /** What must be passed on; of more, long entries are dropped first, then the last ones, always whole. */
    static final int MAX_LENGTH = 512;

    private static final int LONG_ENTRY = 128;
    private static final Pattern KEY =
            Pattern.compile("[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}");
    private static final Pattern VALUE = Pattern.compile("[ -~&&[^,=]]{0,255}[!-~&&[^,=]]");

    private TraceStates() {}

    /**
     * Reads a header, or several joined by commas.
     *
     * @return the empty state if any entry breaks the specification, since the others cannot be relied on then
     */
    static TraceState parse(String header) {
        List<Map.Entry<String, String>> entries = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (String member : header.split(",", -1)) {
            String entry = stripped(member);
            if (entry.isEmpty()) {
                continue;
            }
            int equals = entry.indexOf('=');
            String key = entry.substring(0, Math.max(0, equals));
            String value = entry.substring(equals + 1);
            if (!KEY.matcher(key).matches() || !VALUE.matcher(value).matches() || !keys.add(key)) {
                return TraceState.getDefault();
            }
            entries.add(Map.entry(key, value));
        }
        return entries.size() > MAX_ENTRIES ? TraceState.getDefault() : of(entries);
    }

    /** Only spaces and tabs may stand around an entry. */
    private static String stripped(String member) {
        int start = 0;
        int end = member.length();
        while (start < end && isSpace(member.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(member.charAt(end - 1))) {
            end--;
        }
        return member.substring(start, end);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /** {@code state} with one entry changed and put first; removed if {@code value} is empty. */
    static TraceState withFirst(String key, String value, TraceState state) {
        List<Map.Entry<String, String>> entries = new ArrayList<>();
        if (!value.isEmpty()) {
            entries.add(Map.entry(key, value));
        }
        state.forEach((otherKey, otherValue) -> {
            if (!otherKey.equals(key)) {
                entries.add(Map.entry(otherKey, otherValue));
            }
        });
        return of(bounded(entries));
    }

    private static List<Map.Entry<String, String>> bounded(List<Map.Entry<String, String>> entries) {
        List<Map.Entry<String, String>> kept = new ArrayList<>(entries);
        if (length(kept) > MAX_LENGTH) {
            kept.removeIf(entry -> length(entry) > LONG_ENTRY && entry != entries.get(0));
        }
        while (kept.size() > MAX_ENTRIES || (kept.size() > 1 && length(kept) > MAX_LENGTH)) {
            kept.remove(kept.size() - 1);
        }
        return kept;
    }

    private static int length(List<Map.Entry<String, String>> entries) {
        return entries.stream().mapToInt(TraceStates::length).sum() + Math.max(0, entries.size() - 1);
    }

    private static int length(Map.Entry<String, String> entry) {
        return entry.getKey().length() + 1 + entry.getValue().length();
    }

    /** The builder puts each entry before those that it has. */
    private static TraceState of(List<Map.Entry<String, String>> entries) {
        TraceStateBuilder builder = TraceState.builder();
        for (int i = entries.size() - 1; i >= 0; i--) {
            builder.put(entries.get(i).getKey(), entries.get(i).getValue());
        }
        return builder.build();
    }
}
