package io.vitrine.loadtest.measure;

import java.util.List;

import org.HdrHistogram.Histogram;

/**
 * How the client itself did.
 *
 * @param loopDelay how late the event loop ran a task that was due, in nanoseconds, sampled throughout
 * @param loopBusy processor time of the busiest event loop over the time of the run, 0 to 1
 * @param meanInFlight requests in flight, the mean of samples taken throughout
 * @param samples how many
 */
public record ClientHealth(Histogram loopDelay, double loopBusy, double meanInFlight, long samples) {

    static ClientHealth merge(List<ClientHealth> loops) {
        Histogram delay = RunLog.gaps();
        loops.forEach(loop -> delay.add(loop.loopDelay()));
        return new ClientHealth(
                delay,
                loops.stream().mapToDouble(ClientHealth::loopBusy).max().orElse(0),
                loops.stream().mapToDouble(ClientHealth::meanInFlight).sum(),
                loops.stream().mapToLong(ClientHealth::samples).min().orElse(0));
    }
}
