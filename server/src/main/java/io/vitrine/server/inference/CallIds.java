package io.vitrine.server.inference;

import java.util.concurrent.ThreadLocalRandom;

/** Ids of calls, by which a client sends their results: unique within a conversation, and no secret. */
final class CallIds {

    private static final String CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int SHORT_LENGTH = 9;
    private static final int USUAL_LENGTH = 24;

    private CallIds() {}

    /** As OpenAI's. */
    static String usualId() {
        return "call_" + random(USUAL_LENGTH);
    }

    /** As Mistral's templates demand. */
    static String shortId() {
        return random(SHORT_LENGTH);
    }

    private static String random(int length) {
        StringBuilder id = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            id.append(CHARACTERS.charAt(ThreadLocalRandom.current().nextInt(CHARACTERS.length())));
        }
        return id.toString();
    }
}
