package io.vitrine.server.costs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.vitrine.store.ledger.CostFilter;
import io.vitrine.store.ledger.Ledger;

/** The ledger's entries of some days, added up by tenant, model and day. */
public final class CostReport {

    /** Days that are added up where nobody says from when on, the last one included. */
    public static final int DEFAULT_DAYS = 31;

    private static final CsvMapper CSV = CsvMapper.csvBuilder()
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private final CostFilter filter;
    private final List<CostLine> lines;

    private CostReport(CostFilter filter, List<CostLine> lines) {
        this.filter = filter;
        this.lines = lines;
    }

    /** Adds up; blocks. */
    public static CostReport of(Ledger ledger, CostFilter filter) {
        return new CostReport(
                filter, ledger.sums(filter).stream().map(CostLine::of).toList());
    }

    public List<CostLine> lines() {
        return lines;
    }

    /** As a JSON object. */
    public Map<String, Object> object() {
        return Map.of(
                "object",
                "costs",
                "from",
                filter.from().toString(),
                "to",
                filter.to().toString(),
                "costs",
                lines);
    }

    /** With a line of names before the others. */
    public String csv() {
        CsvSchema schema = CSV.schemaFor(CostLine.class).withHeader();
        try {
            return CSV.writer(schema).writeValueAsString(lines);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write lines of text into memory", e);
        }
    }
}
