package io.vitrine.tenants.quality;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What people think of the answers, by model and tenant. Each request counts once: who speaks again of one of the last
 * requests changes the vote. Any thread; bounded: beyond a number of rows new models and tenants share the row {@value #OTHER},
 * and of the oldest voted requests it is forgotten how they were voted, so a vote on one of them counts again.
 */
public final class Satisfaction {

    /** Stands for models and tenants without a row of their own. */
    public static final String OTHER = "other";

    private final int maxRows;
    private final Map<Row, Votes> votes = new TreeMap<>();
    private final Map<String, Vote> lastVotes;

    /**
     * @param maxRows with model and tenant of their own, at least 1
     * @param maxRequests whose vote can still be changed, at least 1
     */
    public Satisfaction(int maxRows, int maxRequests) {
        if (maxRows < 1 || maxRequests < 1) {
            throw new IllegalArgumentException(
                    "maxRows and maxRequests must be at least 1: " + maxRows + ", " + maxRequests);
        }
        this.maxRows = maxRows;
        this.lastVotes = new Bounded<>(maxRequests);
    }

    /** Someone has spoken; who calls has made sure that the request was this tenant's and of this model. */
    public synchronized void add(String model, String tenantId, Feedback feedback) {
        Vote before = lastVotes.remove(feedback.requestId());
        if (before != null) {
            count(before.row(), -1, -before.score());
        }
        Row wanted = new Row(model, tenantId);
        Row row = votes.containsKey(wanted) || votes.size() < maxRows ? wanted : new Row(OTHER, OTHER);
        lastVotes.put(feedback.requestId(), new Vote(row, feedback.score()));
        count(row, 1, feedback.score());
    }

    private void count(Row row, long number, double score) {
        votes.merge(row, new Votes(number, score), Votes::plus);
    }

    /** All rows. */
    public synchronized Map<Row, Votes> rows() {
        return new TreeMap<>(votes);
    }

    /** Whose votes. */
    public record Row(String model, String tenantId) implements Comparable<Row> {

        @Override
        public int compareTo(Row other) {
            int byModel = model.compareTo(other.model);
            return byModel == 0 ? tenantId.compareTo(other.tenantId) : byModel;
        }
    }

    /**
     * Votes, added up.
     *
     * @param sum of their scores
     */
    public record Votes(long count, double sum) {

        Votes plus(Votes other) {
            return new Votes(count + other.count, sum + other.sum);
        }

        /** 0 for all bad to 1 for all good; empty without votes. */
        public OptionalDouble mean() {
            return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(Math.min(1, Math.max(0, sum / count)));
        }
    }

    private record Vote(Row row, double score) {}

    /** Forgets the eldest beyond a number. */
    private static final class Bounded<K, V> extends LinkedHashMap<K, V> {

        private static final long serialVersionUID = 1L;

        private final int max;

        Bounded(int max) {
            this.max = max;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > max;
        }
    }
}
