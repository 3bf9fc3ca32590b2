/** Step read: the Camel component kafka-batch, which reads the tables' topics from the offsets that the ledger in the target names. */
@NullMarked
package io.caravan.read;

import org.jspecify.annotations.NullMarked;
