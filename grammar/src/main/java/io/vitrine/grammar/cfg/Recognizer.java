package io.vitrine.grammar.cfg;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.automaton.ByteClasses;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.automaton.Work;

/** Recognizes the texts of a grammar byte by byte. Not thread-safe: its configurations grow while they are used. */
public final class Recognizer {

    private final Network network;
    private final Languages languages;
    private final Work work;
    private final GrammarLimits limits;
    private final Lexer lexer;
    private final Map<List<Item>, Row> rows = new HashMap<>();
    private final Map<Key, Configuration> configurations = new HashMap<>();
    private final Configuration start;
    private final Configuration dead;

    private record Key(List<Configuration.LexemeStart> starts, boolean accepting) {}

    /** @throws io.vitrine.grammar.GrammarException if the grammar is too large or derives no text */
    public Recognizer(Rule startRule, Languages languages, Work work, GrammarLimits limits) {
        this(Network.of(startRule, languages, limits.symbols()), languages, work, limits);
    }

    private Recognizer(Network network, Languages languages, Work work, GrammarLimits limits) {
        this.network = network;
        this.languages = languages;
        this.work = work;
        this.limits = limits;
        this.lexer = new Lexer(languages, network);
        this.dead = configuration(List.of(), false);
        Row first = row(List.of(new Item(network.start(0), 0, null, 0)));
        this.start = configuration(startsOf(first), first.accepting());
    }

    /** The same grammar without the positions made so far. Configurations of this one stay usable. */
    public Recognizer fresh() {
        return new Recognizer(network, languages, work, limits);
    }

    /** Before the first byte. */
    public Configuration start() {
        return start;
    }

    /** How many configurations are remembered. */
    public int size() {
        return configurations.size();
    }

    Languages languages() {
        return languages;
    }

    Configuration step(Configuration from, int value) {
        Set<Configuration.LexemeStart> starts = new LinkedHashSet<>();
        Set<Item> kernel = new TreeSet<>(Item.ORDER);
        for (Configuration.LexemeStart start : from.starts()) {
            work.add(1);
            LexerState moved = start.state().next(value, lexer);
            for (int lexeme : moved.ended) {
                kernel.addAll(start.row().after(lexeme));
            }
            if (moved.continues) {
                starts.add(new Configuration.LexemeStart(start.row(), moved));
            }
        }
        if (kernel.isEmpty()) {
            return configuration(List.copyOf(starts), false);
        }
        Row row = row(List.copyOf(kernel));
        starts.addAll(startsOf(row));
        return configuration(List.copyOf(starts), row.accepting());
    }

    private List<Configuration.LexemeStart> startsOf(Row row) {
        return row.lexemes().isEmpty() ? List.of() : List.of(new Configuration.LexemeStart(row, lexer.start(row)));
    }

    private Row row(List<Item> kernel) {
        Row known = rows.get(kernel);
        if (known == null) {
            known = Row.closed(rows.size(), network, kernel, limits.rowItems(), work);
            rows.put(kernel, known);
        }
        return known;
    }

    private Configuration configuration(List<Configuration.LexemeStart> starts, boolean accepting) {
        if (starts.isEmpty() && !accepting && dead != null) {
            return dead;
        }
        return configurations.computeIfAbsent(new Key(starts, accepting), key -> {
            ByteClasses classes = ByteClasses.ONE;
            for (Configuration.LexemeStart start : starts) {
                classes = languages.meet(classes, start.state().classes);
            }
            return new Configuration(this, starts, accepting, classes);
        });
    }
}
