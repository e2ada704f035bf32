package io.vitrine.tenants.cost;

import java.util.Optional;

import io.vitrine.tenants.Money;
import org.jspecify.annotations.Nullable;

/**
 * What a request cost who runs the machine.
 *
 * @param kvMemory null where KV memory has no price
 * @param power null where there is no meter or energy has no price: not known is not zero
 */
public record InfrastructureCost(
        Money time, @Nullable Money kvMemory, @Nullable Money power) {

    public Optional<Money> memory() {
        return Optional.ofNullable(kvMemory);
    }

    public Optional<Money> energy() {
        return Optional.ofNullable(power);
    }

    /** The sum of the parts that are known. */
    public Money total() {
        Money withMemory = memory().map(time::plus).orElse(time);
        return energy().map(withMemory::plus).orElse(withMemory);
    }
}
