package io.vitrine.tenants.cost;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

import io.vitrine.tenants.Glob;
import io.vitrine.tenants.yaml.YamlException;
import io.vitrine.tenants.yaml.YamlNode;

/**
 * Reads a price book from YAML. Prices are for a million tokens; {@code cached-input} is {@code input} where it is left out,
 * {@code valid-from} since ever.
 *
 * <pre>{@code
 * currency: USD
 * prices:
 *   - {model: "smollm2-*", valid-from: 2026-01-01, input: 0.10, cached-input: 0.05, output: 0.40}
 *   - model: big
 *     tier-by: input-tokens        # or month-tokens
 *     tiers:
 *       - {from: 0, input: 1.25, output: 10}
 *       - {from: 200000, input: 2.50, output: 15}
 * }</pre>
 */
public final class PriceBookFile {

    private static final int MAX_ENTRIES = 1_000;
    private static final BigDecimal MAX_PRICE = BigDecimal.valueOf(1_000_000);
    private static final LocalDate ALWAYS = LocalDate.EPOCH;

    private PriceBookFile() {}

    /**
     * The price book of the text.
     *
     * @param source names it in errors
     * @throws YamlException if anything in it is not understood, or two prices could hold at once
     */
    public static PriceBook read(String yaml, String source) {
        YamlNode root = YamlNode.parse(yaml, source).onlyKeys("currency", "prices");
        List<YamlNode> nodes = root.get("prices").items();
        if (nodes.size() > MAX_ENTRIES) {
            throw root.error("must not have more than " + MAX_ENTRIES + " prices: " + nodes.size());
        }
        List<PriceEntry> entries = nodes.stream().map(PriceBookFile::entry).toList();
        try {
            return new PriceBook(root.get("currency").text(), entries);
        } catch (IllegalArgumentException e) {
            throw root.error("is refused: " + e.getMessage());
        }
    }

    private static PriceEntry entry(YamlNode node) {
        boolean tiered = node.find("tiers").isPresent();
        try {
            Glob model = new Glob(node.get("model").text());
            LocalDate validFrom =
                    node.find("valid-from").map(PriceBookFile::date).orElse(ALWAYS);
            return tiered ? tiered(node, model, validFrom) : flat(node, model, validFrom);
        } catch (IllegalArgumentException e) {
            throw node.error("is refused: " + e.getMessage());
        }
    }

    private static PriceEntry flat(YamlNode node, Glob model, LocalDate validFrom) {
        node.onlyKeys("model", "valid-from", "input", "cached-input", "output");
        NavigableMap<Long, TokenRates> tiers = new TreeMap<>();
        tiers.put(0L, rates(node));
        return new PriceEntry(model, validFrom, TierKind.INPUT_TOKENS, tiers);
    }

    private static PriceEntry tiered(YamlNode node, Glob model, LocalDate validFrom) {
        node.onlyKeys("model", "valid-from", "tier-by", "tiers");
        NavigableMap<Long, TokenRates> tiers = new TreeMap<>();
        for (YamlNode tier : node.get("tiers").items()) {
            tier.onlyKeys("from", "input", "cached-input", "output");
            long from = tier.get("from").wholeNumber(0, Long.MAX_VALUE);
            if (tiers.put(from, rates(tier)) != null) {
                throw tier.error("begins where another tier does: " + from);
            }
        }
        return new PriceEntry(model, validFrom, node.get("tier-by").oneOf(TierKind.class), tiers);
    }

    private static TokenRates rates(YamlNode node) {
        BigDecimal input = price(node.get("input"));
        return new TokenRates(
                input, node.find("cached-input").map(PriceBookFile::price).orElse(input), price(node.get("output")));
    }

    private static BigDecimal price(YamlNode node) {
        return node.decimal(BigDecimal.ZERO, MAX_PRICE);
    }

    private static LocalDate date(YamlNode node) {
        try {
            return LocalDate.parse(node.text());
        } catch (DateTimeException e) {
            throw node.error("must be a date such as 2026-01-31: " + node.text());
        }
    }
}
