/**
 * Runs inside Kafka Connect, not in the application: hands every column on as PostgreSQL's own text, and a note in place of a change
 * that is too large for a message. Packed as a jar of its own into target/connect-plugins.
 */
@NullMarked
package io.caravan.connector;

import org.jspecify.annotations.NullMarked;
