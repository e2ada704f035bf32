package io.vitrine.grammar.automaton;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

import io.vitrine.grammar.WorkLimitException;
import org.jspecify.annotations.Nullable;

/** Makes languages, each once, and steps through them. Grows lazily up to the limit of states; not thread-safe. */
public final class Languages {

    /** No upper bound of a repetition. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    /** Pairs of states after which the search stops; without its result a mask takes longer. */
    private static final int MAX_ENDLESS_SEARCH = 500;

    private static final Comparator<Language> BY_ID = Comparator.comparingInt(Language::id);

    private final ByteSet alphabet;
    private final Work work;
    private final int maxStates;
    private final Map<Form, Language> languages = new HashMap<>();
    private final Map<ByteClasses, ByteClasses> partitions = new HashMap<>();
    private final Map<Meet, ByteClasses> meets = new HashMap<>();
    private final Language none;
    private final Language epsilon;
    private final Language all;

    private record Meet(ByteClasses a, ByteClasses b) {}

    /** @param alphabet the only bytes that texts may have */
    public Languages(ByteSet alphabet, int maxStates, Work work) {
        this.alphabet = alphabet;
        this.maxStates = maxStates;
        this.work = work;
        intern(ByteClasses.ONE);
        none = make(new Form.None());
        epsilon = make(new Form.Epsilon());
        all = make(new Form.Complement(none));
    }

    /** How many states were made so far. */
    public int size() {
        return languages.size();
    }

    public Language none() {
        return none;
    }

    /** The empty text only. */
    public Language epsilon() {
        return epsilon;
    }

    /** One byte of the set, as far as the alphabet has it. */
    public Language bytes(ByteSet set) {
        ByteSet available = set.intersection(alphabet);
        return available.equals(ByteSet.NONE) ? none : make(new Form.Bytes(available));
    }

    public Language literal(byte[] text) {
        Language language = epsilon;
        for (int i = text.length - 1; i >= 0; i--) {
            language = concatenation(bytes(ByteSet.of(text[i] & 0xFF)), language);
        }
        return language;
    }

    public Language literal(String text) {
        return literal(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Any one of these texts; common prefixes are shared, so that a state has few parts. */
    public Language literals(Collection<byte[]> texts) {
        List<byte[]> sorted = texts.stream().sorted(Arrays::compareUnsigned).toList();
        return literals(sorted, 0);
    }

    private Language literals(List<byte[]> sorted, int depth) {
        if (sorted.isEmpty()) {
            return none;
        }
        byte[] first = sorted.get(0);
        byte[] last = sorted.get(sorted.size() - 1);
        int shared = Arrays.mismatch(first, last);
        if (shared < 0) {
            return literal(Arrays.copyOfRange(first, depth, first.length));
        }
        List<Language> branches = new ArrayList<>();
        for (int start = 0; start < sorted.size(); ) {
            int end = start + 1;
            if (sorted.get(start).length == shared) {
                branches.add(epsilon);
            } else {
                byte next = sorted.get(start)[shared];
                while (end < sorted.size() && sorted.get(end)[shared] == next) {
                    end++;
                }
                branches.add(literals(sorted.subList(start, end), shared));
            }
            start = end;
        }
        return concatenation(literal(Arrays.copyOfRange(first, depth, shared)), union(branches));
    }

    public Language concatenation(Language... parts) {
        Language result = epsilon;
        for (int i = parts.length - 1; i >= 0; i--) {
            result = concatenation(parts[i], result);
        }
        return result;
    }

    public Language concatenation(Language first, Language rest) {
        if (first == none || rest == none) {
            return none;
        }
        if (rest == epsilon) {
            return first;
        }
        List<Language> heads = new ArrayList<>();
        Language tail = first;
        while (tail.form instanceof Form.Concatenation pair) {
            heads.add(pair.first());
            tail = pair.rest();
        }
        Language result = tail == epsilon ? rest : make(new Form.Concatenation(tail, rest));
        for (int i = heads.size() - 1; i >= 0; i--) {
            result = make(new Form.Concatenation(heads.get(i), result));
        }
        return result;
    }

    public Language union(Language... parts) {
        return union(Arrays.asList(parts));
    }

    public Language union(Collection<Language> parts) {
        TreeSet<Language> distinct = new TreeSet<>(BY_ID);
        ByteSet single = ByteSet.NONE;
        Deque<Language> pending = new ArrayDeque<>(parts);
        while (!pending.isEmpty()) {
            Language part = pending.pop();
            if (part == all) {
                return all;
            }
            if (part.form instanceof Form.Union union) {
                union.parts().forEach(pending::push);
            } else if (part.form instanceof Form.Bytes bytes) {
                single = single.union(bytes.set());
            } else if (part != none) {
                distinct.add(part);
            }
        }
        if (!single.equals(ByteSet.NONE)) {
            distinct.add(bytes(single));
        }
        if (distinct.contains(epsilon) && distinct.stream().anyMatch(part -> part != epsilon && part.acceptsEmpty())) {
            distinct.remove(epsilon);
        }
        return switch (distinct.size()) {
            case 0 -> none;
            case 1 -> distinct.first();
            default -> make(new Form.Union(List.copyOf(distinct)));
        };
    }

    public Language intersection(Language... parts) {
        return intersection(Arrays.asList(parts));
    }

    public Language intersection(Collection<Language> parts) {
        TreeSet<Language> distinct = new TreeSet<>(BY_ID);
        Deque<Language> pending = new ArrayDeque<>(parts);
        while (!pending.isEmpty()) {
            Language part = pending.pop();
            if (part == none) {
                return none;
            }
            if (part.form instanceof Form.Intersection intersection) {
                intersection.parts().forEach(pending::push);
            } else if (part != all) {
                distinct.add(part);
            }
        }
        if (distinct.contains(epsilon)) {
            return distinct.stream().allMatch(Language::acceptsEmpty) ? epsilon : none;
        }
        return switch (distinct.size()) {
            case 0 -> all;
            case 1 -> distinct.first();
            default -> make(new Form.Intersection(List.copyOf(distinct)));
        };
    }

    /** All byte strings but the members of this one. */
    public Language complement(Language language) {
        return language.form instanceof Form.Complement twice ? twice.excluded() : make(new Form.Complement(language));
    }

    public Language optional(Language language) {
        return union(epsilon, language);
    }

    /**
     * A language several times.
     *
     * @param max {@link #UNBOUNDED} for no upper bound
     */
    public Language repetition(Language body, int min, int max) {
        if (min < 0 || max < min) {
            throw new IllegalArgumentException("a repetition needs 0 <= min <= max: " + min + " to " + max);
        }
        int least = body.acceptsEmpty() ? 0 : min;
        if (max == 0 || body == epsilon) {
            return epsilon;
        }
        if (body == none) {
            return least == 0 ? epsilon : none;
        }
        if (least == 1 && max == 1) {
            return body;
        }
        return make(new Form.Repetition(body, least, max));
    }

    /** Digits whose value is a multiple of {@code divisor / 10^scale}; intersect it with the notation of a number. */
    public Language multiple(int divisor, int scale) {
        return make(new Form.Multiple(divisor, scale, 0, Form.Multiple.BEFORE_POINT));
    }

    /** What may follow a byte; {@link #none()} if no member continues so. */
    public Language next(Language language, int value) {
        Language next = derivative(language, value);
        return isEmpty(next) ? none : next;
    }

    /** Whether the language has no member. Explores the automaton where intersections or complements leave it open. */
    public boolean isEmpty(Language language) {
        if (language.emptiness == Language.Emptiness.UNKNOWN) {
            search(language);
        }
        return language.emptiness == Language.Emptiness.EMPTY;
    }

    /** Whether the languages have no common member. */
    public boolean areDisjoint(Language a, Language b) {
        return isEmpty(intersection(a, b));
    }

    /** Whether a text is a member. */
    public boolean accepts(Language language, byte[] text) {
        Language state = language;
        for (byte value : text) {
            state = derivative(state, value & 0xFF);
        }
        return state.acceptsEmpty();
    }

    /**
     * How many characters of a set may follow, where that does not depend on which: every text of up to so many is a
     * prefix of a member, none of more characters is, and none is a member itself. An unlimited number is reported
     * even if members end on the way.
     *
     * @param character encodings of the set; always the same one
     * @param most numbers from here on are not distinguished
     * @return empty if it depends on the characters
     */
    public OptionalInt freeRun(Language language, Language character, int most) {
        Language at = language;
        for (int count = 0; count < most; count++) {
            Language.Reaction reaction = reaction(at, character);
            switch (reaction.kind()) {
                case REFUSES -> {
                    return OptionalInt.of(count);
                }
                case ENDLESS -> {
                    return OptionalInt.of(most);
                }
                case MIXED -> {
                    return OptionalInt.empty();
                }
                case LEADS_ON -> at = Objects.requireNonNull(reaction.next());
            }
        }
        return OptionalInt.of(most);
    }

    private Language.Reaction reaction(Language language, Language character) {
        Language.Reaction known = language.reaction;
        if (known == null) {
            known = explore(language, character);
            language.reaction = known;
        }
        return known;
    }

    private record Pair(Language language, Language text) {}

    private Language.Reaction explore(Language language, Language character) {
        Set<Language> ends = new HashSet<>();
        boolean some = false;
        boolean all = true;
        boolean ended = false;
        Set<Pair> seen = new HashSet<>();
        Deque<Pair> pending = new ArrayDeque<>(List.of(new Pair(language, character)));
        while (!pending.isEmpty()) {
            Pair pair = pending.pop();
            if (!seen.add(pair)) {
                continue;
            }
            if (pair.text.acceptsEmpty()) {
                ends.add(pair.language);
                continue;
            }
            work.add(1);
            ByteClasses classes = meet(pair.language.classes, pair.text.classes);
            for (int c = 0; c < classes.count(); c++) {
                Language text = next(pair.text, classes.representative(c));
                if (text != none) {
                    Language next = next(pair.language, classes.representative(c));
                    some |= next != none;
                    all &= next != none;
                    if (next != none) {
                        ended |= next.acceptsEmpty();
                        pending.push(new Pair(next, text));
                    }
                }
            }
        }
        if (!some) {
            return Language.Reaction.of(Language.Reaction.Kind.REFUSES);
        }
        if (all && !ended && ends.size() == 1 && !ends.contains(language)) {
            return new Language.Reaction(
                    Language.Reaction.Kind.LEADS_ON, ends.iterator().next());
        }
        boolean endless = all && isEndless(language, character);
        return Language.Reaction.of(endless ? Language.Reaction.Kind.ENDLESS : Language.Reaction.Kind.MIXED);
    }

    private boolean isEndless(Language language, Language character) {
        Language texts = repetition(character, 0, UNBOUNDED);
        Set<Pair> seen = new HashSet<>();
        Deque<Pair> pending = new ArrayDeque<>(List.of(new Pair(language, texts)));
        while (!pending.isEmpty()) {
            Pair pair = pending.pop();
            if (seen.size() > MAX_ENDLESS_SEARCH) {
                return false;
            }
            if (seen.add(pair)) {
                work.add(1);
                ByteClasses classes = meet(pair.language.classes, pair.text.classes);
                for (int c = 0; c < classes.count(); c++) {
                    Language text = next(pair.text, classes.representative(c));
                    Language next = next(pair.language, classes.representative(c));
                    if (text != none && next == none) {
                        return false;
                    }
                    if (text != none) {
                        pending.push(new Pair(next, text));
                    }
                }
            }
        }
        return true;
    }

    /** Depth first to a state that accepts. The path to it is inhabited; states exhausted without one are empty. */
    private void search(Language start) {
        Set<Language> seen = new HashSet<>(Set.of(start));
        Deque<Visit> path = new ArrayDeque<>();
        path.push(new Visit(start));
        while (!path.isEmpty()) {
            Visit visit = path.element();
            Language language = visit.language;
            if (language.acceptsEmpty() || language.emptiness == Language.Emptiness.INHABITED) {
                path.forEach(passed -> passed.language.emptiness = Language.Emptiness.INHABITED);
                return;
            }
            if (language.emptiness == Language.Emptiness.EMPTY || visit.nextClass == language.classes.count()) {
                path.pop();
                continue;
            }
            Language next = derivative(language, language.classes.representative(visit.nextClass++));
            if (seen.add(next)) {
                path.push(new Visit(next));
            }
        }
        seen.forEach(passed -> passed.emptiness = Language.Emptiness.EMPTY);
    }

    private static final class Visit {
        private final Language language;
        private int nextClass;

        Visit(Language language) {
            this.language = language;
        }
    }

    /** The derivative, whose emptiness is not examined. */
    Language derivative(Language language, int value) {
        int c = language.classes.classOf(value);
        @Nullable Language known = language.derivatives[c];
        if (known == null) {
            work.add(1);
            known = language.form.derive(this, value);
            language.derivatives[c] = known;
        }
        return known;
    }

    Language make(Form form) {
        Language known = languages.get(form);
        if (known == null) {
            if (languages.size() >= maxStates) {
                throw new WorkLimitException("automaton states: " + maxStates);
            }
            known = new Language(languages.size(), form, form.classes(this));
            if (form instanceof Form.None) {
                known.emptiness = Language.Emptiness.EMPTY;
            }
            languages.put(form, known);
        }
        return known;
    }

    ByteClasses intern(ByteClasses classes) {
        return partitions.computeIfAbsent(classes, same -> same);
    }

    /** The coarsest partition that refines both. */
    public ByteClasses meet(ByteClasses a, ByteClasses b) {
        if (a.equals(b) || b.count() == 1) {
            return a;
        }
        if (a.count() == 1) {
            return b;
        }
        Meet pair = new Meet(a, b);
        ByteClasses known = meets.get(pair);
        if (known == null) {
            known = intern(ByteClasses.meet(a, b));
            meets.put(pair, known);
        }
        return known;
    }

    /** The coarsest partition that refines those of all these languages. */
    public ByteClasses meet(Collection<Language> parts) {
        ByteClasses classes = ByteClasses.ONE;
        for (Language part : parts) {
            classes = meet(classes, part.classes);
        }
        return classes;
    }
}
