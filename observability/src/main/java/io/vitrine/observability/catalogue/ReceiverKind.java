package io.vitrine.observability.catalogue;

import java.util.Locale;

/** What notifications are delivered to. */
public enum ReceiverKind {
    /** An incoming webhook of Slack. */
    SLACK,
    /** The Events API v2 of PagerDuty. */
    PAGERDUTY,
    /** E-mail by SMTP. */
    EMAIL,
    /** An HTTP endpoint that takes signed JSON. */
    WEBHOOK,
    /** The v2 API of Prometheus's Alertmanager. */
    ALERTMANAGER;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters and the configuration write it. */
    public String label() {
        return label;
    }
}
