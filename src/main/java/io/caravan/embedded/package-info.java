/** The stack that Caravan brings along: PostgreSQL, Kafka and Kafka Connect as child processes that end with it. */
@NullMarked
package io.caravan.embedded;

import org.jspecify.annotations.NullMarked;
