/** Kafka Connect's REST interface, as every step reaches it. */
@NullMarked
package io.caravan.connect;

import org.jspecify.annotations.NullMarked;
