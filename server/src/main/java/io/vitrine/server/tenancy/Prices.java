package io.vitrine.server.tenancy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.vitrine.server.config.ServerConfig.PricesConfig;
import io.vitrine.tenants.Money;
import io.vitrine.tenants.cost.MachineRates;
import io.vitrine.tenants.cost.PriceBook;
import io.vitrine.tenants.cost.PriceBookFile;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says that things cost.
 *
 * @param book of the models; without a price there, budgets are kept and nothing is charged to them
 * @param machine empty if the machine has no price
 */
record Prices(PriceBook book, Optional<MachineRates> machine) {

    /** Where no price book names another one. */
    private static final String DEFAULT_CURRENCY = "USD";

    /**
     * Reads the price book, if there is one.
     *
     * @throws io.vitrine.tenants.yaml.YamlException if it is not understood
     */
    static Prices of(PricesConfig config) {
        PriceBook book = config.file()
                .map(file -> PriceBookFile.read(text(file), file.toString()))
                .orElseGet(() -> new PriceBook(DEFAULT_CURRENCY, List.of()));
        String currency = book.currency();
        return new Prices(
                book,
                config.machineHour()
                        .map(hour -> new MachineRates(
                                Money.of(hour, currency),
                                money(config.kvGibibyteHour(), currency),
                                money(config.kilowattHour(), currency))));
    }

    private static @Nullable Money money(Optional<BigDecimal> amount, String currency) {
        return amount.map(value -> Money.of(value, currency)).orElse(null);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the price book " + file + " (prices.file)", e);
        }
    }

    String currency() {
        return book.currency();
    }
}
