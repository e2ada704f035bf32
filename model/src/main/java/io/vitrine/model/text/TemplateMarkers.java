package io.vitrine.model.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.vitrine.model.text.ChatPrompt.Marker;

/**
 * Keeps the control tokens that a template writes apart from those that a message spells.
 *
 * <p>In the template's literals each control token is one noncharacter of Unicode, which no message can contain: whatever the
 * template does to a message (trim, lower, split, join), what is such a character afterwards is the template's, and everything else
 * is text. Some templates put a marker together, {@code '<|' + role + '|>'}: for those, the spelling of a control token in a
 * message gets a break put into it before it is rendered, and a spelling without a break is the template's too.
 */
final class TemplateMarkers {

    /** Noncharacters, which Unicode leaves to programs for their own use. */
    private static final char FIRST_NONCHARACTER = '\uFDD0';

    private static final char LAST_NONCHARACTER = '\uFDEF';
    private static final char BREAK = LAST_NONCHARACTER;
    private static final int MOST_MARKS = LAST_NONCHARACTER - FIRST_NONCHARACTER;
    private static final char REPLACEMENT = '\uFFFD';

    /** Longest first, so that no spelling is taken for a shorter one within it. */
    private final Map<String, Character> marks = new LinkedHashMap<>();

    private final List<String> spelledByMark = new ArrayList<>();
    private final Set<String> controlTokens;
    private final Spellings spellings;

    /**
     * @param literals the template's source, and the variables with which it writes tokens
     * @param controlTokens spelled
     */
    TemplateMarkers(Collection<String> literals, Collection<String> controlTokens) {
        this.controlTokens = Set.copyOf(controlTokens);
        this.spellings = new Spellings(controlTokens);
        controlTokens.stream()
                .filter(token -> !token.isEmpty() && literals.stream().anyMatch(text -> text.contains(token)))
                .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()))
                .limit(MOST_MARKS)
                .forEach(token -> {
                    marks.put(token, (char) (FIRST_NONCHARACTER + spelledByMark.size()));
                    spelledByMark.add(token);
                });
    }

    /** A literal of the template with a mark for each control token. */
    String marked(String literal) {
        String text = literal;
        for (Map.Entry<String, Character> mark : marks.entrySet()) {
            text = text.replace(mark.getKey(), mark.getValue().toString());
        }
        return text;
    }

    /**
     * A message's text, which holds no mark: its noncharacters are replaced by U+FFFD.
     *
     * @param breaking whether the spellings of control tokens in it get a break
     */
    String message(String text, boolean breaking) {
        String own = withoutNoncharacters(text);
        return breaking ? broken(own) : own;
    }

    private static String withoutNoncharacters(String text) {
        StringBuilder replaced = null;
        for (int i = 0; i < text.length(); i++) {
            if (isNoncharacter(text.charAt(i))) {
                replaced = replaced == null ? new StringBuilder(text) : replaced;
                replaced.setCharAt(i, REPLACEMENT);
            }
        }
        return replaced == null ? text : replaced.toString();
    }

    private static boolean isNoncharacter(char c) {
        return c >= FIRST_NONCHARACTER && c <= LAST_NONCHARACTER;
    }

    /** A break in each spelling, and at the edges where what stands beside the text could complete one. */
    private String broken(String text) {
        StringBuilder broken = new StringBuilder(text.length());
        if (controlTokens.stream().anyMatch(token -> isEndedAtStart(text, token))) {
            broken.append(BREAK);
        }
        int copied = 0;
        for (Marker found : spellings.in(text)) {
            // Before every character but the first: a shorter spelling within this one is broken as well.
            for (; copied < found.end(); copied++) {
                if (copied > found.start()) {
                    broken.append(BREAK);
                }
                broken.append(text.charAt(copied));
            }
        }
        broken.append(text, copied, text.length());
        if (controlTokens.stream().anyMatch(token -> isBegunAtEnd(text, token))) {
            broken.append(BREAK);
        }
        return broken.toString();
    }

    private static boolean isBegunAtEnd(String text, String token) {
        for (int length = 1; length < token.length(); length++) {
            if (text.endsWith(token.substring(0, length))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEndedAtStart(String text, String token) {
        for (int start = 1; start < token.length(); start++) {
            if (text.startsWith(token.substring(start))) {
                return true;
            }
        }
        return false;
    }

    /** What the template made, its marks spelled. */
    Rendered rendered(String output) {
        StringBuilder text = new StringBuilder(output.length());
        List<Marker> markers = new ArrayList<>();
        BitSet breaks = new BitSet();
        for (int i = 0; i < output.length(); i++) {
            char c = output.charAt(i);
            if (c == BREAK) {
                breaks.set(text.length());
            } else if (isNoncharacter(c) && c - FIRST_NONCHARACTER < spelledByMark.size()) {
                String token = spelledByMark.get(c - FIRST_NONCHARACTER);
                markers.add(new Marker(text.length(), text.length() + token.length()));
                text.append(token);
            } else {
                text.append(c);
            }
        }
        return new Rendered(text.toString(), markers, breaks);
    }

    /** Control tokens that are spelled in the text, whether the template wrote them or not. */
    List<Marker> spelledIn(Rendered rendered) {
        return spellings.in(rendered.text());
    }

    /**
     * A template's output.
     *
     * @param markers those that the template wrote as one literal
     * @param breaks places in the text
     */
    record Rendered(String text, List<Marker> markers, BitSet breaks) {

        /** Whether no break lies within. */
        boolean isWhole(Marker marker) {
            int next = breaks.nextSetBit(marker.start() + 1);
            return next < 0 || next >= marker.end();
        }
    }
}
