package io.vitrine.loadtest.overhead;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Blocks of a made-up server, of which the effect of each arm is known. */
final class SyntheticBlocks {

    private final int launches;
    private final int rows;
    private final List<Arm> arms;
    private final ToDoubleFunction<Arm> cost;
    private final double noise;

    /**
     * A server whose launches differ by 5 %.
     *
     * @param cost of an arm, as a share of time and of everything else
     * @param noise standard deviation of a block, as a share
     */
    SyntheticBlocks(int launches, int rows, List<Arm> arms, ToDoubleFunction<Arm> cost, double noise) {
        this.launches = launches;
        this.rows = rows;
        this.arms = arms;
        this.cost = cost;
        this.noise = noise;
    }

    RawData data(long seed) {
        Random random = new Random(seed);
        List<Block> blocks = new ArrayList<>();
        for (int launch = 0; launch < launches; launch++) {
            double launchSpeed = 1 + 0.05 * random.nextGaussian();
            for (int row = 0; row < rows; row++) {
                for (Outcome.Load load : Outcome.Load.values()) {
                    for (int position = 0; position < arms.size(); position++) {
                        Arm arm = arms.get(position);
                        blocks.add(block(launch, row, load, position, arm, launchSpeed, random));
                    }
                }
            }
        }
        return new RawData(setup(), blocks);
    }

    private Block block(int launch, int row, Outcome.Load load, int position, Arm arm, double speed, Random random) {
        double slower = speed * (1 + cost.applyAsDouble(arm)) * Math.exp(noise * random.nextGaussian());
        List<Double> ttft = new ArrayList<>();
        List<Double> tpot = new ArrayList<>();
        for (int request = 0; request < 60; request++) {
            // The same requests in each block: their share of the noise is common.
            ttft.add(slower * 20 * (1 + request / 60.0));
            tpot.add(slower * 10);
        }
        return new Block(
                launch,
                row,
                load,
                position,
                arm.name(),
                launch * 1000 + row * 100 + position,
                3,
                1_000,
                1_000,
                3 * slower,
                60,
                0,
                Math.round(1e9 * slower),
                Math.round(1e7 * slower),
                0,
                250,
                1,
                0.1,
                0.5,
                0.5,
                ttft,
                tpot);
    }

    private Setup setup() {
        return new Setup(
                Setup.FORMAT,
                "2026-12-01T00:00:00Z",
                false,
                42,
                "synthetic",
                "vitrine serve",
                arms,
                Arm.PARTS,
                0.01,
                1_000,
                launches,
                rows,
                8,
                60,
                20,
                30,
                3,
                32,
                32,
                Map.of("processors", "2"),
                OperationCosts.shipped());
    }
}
