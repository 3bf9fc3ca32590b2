/** A change event of Debezium and what a batch of them comes to. Pure values; no database, no Camel. */
@NullMarked
package io.caravan.change;

import org.jspecify.annotations.NullMarked;
