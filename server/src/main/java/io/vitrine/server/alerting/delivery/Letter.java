package io.vitrine.server.alerting.delivery;

import io.vitrine.server.alerting.Links;
import io.vitrine.server.alerting.Message;

/**
 * A message on its way to a receiver.
 *
 * @param id of the delivery, the same at every attempt
 */
record Letter(long id, Message message, Links links) {}
