package io.vitrine.server.http;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

import io.vitrine.server.config.ServerConfig.ConsoleConfig;

/**
 * Sessions of the console: in memory, of a bounded number, each with an idle and an absolute time limit. On the management port's
 * event loop.
 */
final class ConsoleSessions {

    private static final int TOKEN_BYTES = 32;

    private final long idleNanos;
    private final long ageNanos;
    private final int maxSessions;
    private final LongSupplier nanoClock;
    private final SecureRandom random = new SecureRandom();
    /** By token; least recently used first. */
    private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

    ConsoleSessions(ConsoleConfig limits, LongSupplier nanoClock) {
        this.idleNanos = limits.sessionIdle().toNanos();
        this.ageNanos = limits.sessionAge().toNanos();
        this.maxSessions = limits.maxSessions();
        this.nanoClock = nanoClock;
    }

    /** A person who has signed in. */
    static final class Session {

        private final String token;
        private final String csrfToken;
        private final String keyPrefix;
        private final long beganNanos;
        private long usedNanos;

        private Session(String token, String csrfToken, String keyPrefix, long nowNanos) {
            this.token = token;
            this.csrfToken = csrfToken;
            this.keyPrefix = keyPrefix;
            this.beganNanos = nowNanos;
            this.usedNanos = nowNanos;
        }

        /** Value of the cookie. */
        String token() {
            return token;
        }

        /** What a changing request must repeat in a header. */
        String csrfToken() {
            return csrfToken;
        }

        String keyPrefix() {
            return keyPrefix;
        }
    }

    Session begin(String keyPrefix) {
        sessions.values().removeIf(this::hasEnded);
        if (sessions.size() >= maxSessions) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        Session session = new Session(token(), token(), keyPrefix, nanoClock.getAsLong());
        sessions.put(session.token, session);
        return session;
    }

    /** The session of a cookie; a use of it. */
    Optional<Session> find(String token) {
        Session session = sessions.get(token);
        if (session == null || hasEnded(session)) {
            sessions.remove(token);
            return Optional.empty();
        }
        session.usedNanos = nanoClock.getAsLong();
        return Optional.of(session);
    }

    void end(Session session) {
        sessions.remove(session.token);
    }

    /** Until the session ends if nothing more is asked. */
    Duration left(Session session) {
        long now = nanoClock.getAsLong();
        return Duration.ofNanos(
                Math.max(0, Math.min(session.usedNanos + idleNanos - now, session.beganNanos + ageNanos - now)));
    }

    private boolean hasEnded(Session session) {
        return left(session).isZero();
    }

    private String token() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
