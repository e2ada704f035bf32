package io.vitrine.model.kv;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How much KV memory the engine gets and how long a sequence may be, decided once, before anything is allocated.
 *
 * @param contextLength longest sequence, in positions
 * @param slots sequences that run at once
 * @param pages KV pages for all of them; a longest sequence fits
 * @param bytes what the pages take once all have been written
 * @param gatheredPages as many pages of one prompt are copied side by side while it is computed; a prompt that reaches
 *     further is
 *     copied in each step
 * @param gatheredBytes what that copy takes; with {@code bytes} no more than the budget
 */
public record KvPlan(int contextLength, int slots, int pages, long bytes, int gatheredPages, long gatheredBytes) {

    /** More rows make a step longer for everyone; sixteen is where two cores still answer each stream at reading speed. */
    private static final int MOST_DEFAULT_SLOTS = 16;

    /** A slot is worth having if a sequence of this length, prompt and answer of a usual chat, finds its pages beside the others. */
    private static final int USUAL_POSITIONS = 1024;

    /** Of the budget: with long contexts one prompt's copy would be as large as all that sequences keep. */
    private static final int GATHERED_SHARE = 8;

    /** Of the machine's memory, unless the configuration says otherwise: weights, heap and the page cache want theirs. */
    private static final int DEFAULT_MEMORY_SHARE = 4;

    /**
     * What is being planned for.
     *
     * @param contextLength longest sequence the model was trained for
     * @param pagePositions positions a page holds
     * @param pageBytes bytes of a page, all layers
     * @param machineBytes the machine's memory
     */
    public record Needs(int contextLength, int pagePositions, long pageBytes, long machineBytes) {

        private int pagesFor(int positions) {
            return (positions + pagePositions - 1) / pagePositions;
        }
    }

    /**
     * Enough pages for every slot to be full at once, or as many as the memory holds. What is not asked for is chosen; a
     * context that was not asked for shrinks to what the memory holds.
     *
     * @throws IllegalArgumentException if what was asked for cannot be had; the message names both numbers
     */
    public static KvPlan of(Needs needs, OptionalInt slots, OptionalInt contextLength, OptionalLong kvBytes) {
        long budget = kvBytes.orElse(needs.machineBytes / DEFAULT_MEMORY_SHARE);
        long pagesInBudget = Math.min(budget / needs.pageBytes, Integer.MAX_VALUE);
        int context =
                contextLength.orElseGet(() -> (int) Math.min(needs.contextLength, pagesInBudget * needs.pagePositions));
        if (context > needs.contextLength) {
            throw new IllegalArgumentException(
                    "engine.context-length must be <= the model's " + needs.contextLength + ": " + context);
        }
        int pagesOfOne = needs.pagesFor(context);
        if (context == 0 || pagesOfOne > pagesInBudget) {
            long needed = Math.max(1, pagesOfOne) * needs.pageBytes;
            throw new IllegalArgumentException("one sequence of " + Math.max(context, 1) + " tokens needs " + needed
                    + " bytes of KV memory and there are " + budget
                    + "; raise engine.kv-memory or lower engine.context-length");
        }
        int slotCount =
                slots.orElseGet(() -> defaultSlots(pagesInBudget, needs.pagesFor(Math.min(context, USUAL_POSITIONS))));
        long gathered = Math.min(pagesOfOne, Math.min(pagesInBudget / GATHERED_SHARE, pagesInBudget - pagesOfOne));
        int pages = (int) Math.min((long) slotCount * pagesOfOne, pagesInBudget - gathered);
        return new KvPlan(
                context, slotCount, pages, pages * needs.pageBytes, (int) gathered, gathered * needs.pageBytes);
    }

    private static int defaultSlots(long pagesInBudget, int pagesOfUsual) {
        return (int) Math.max(1, Math.min(MOST_DEFAULT_SLOTS, pagesInBudget / pagesOfUsual));
    }
}
