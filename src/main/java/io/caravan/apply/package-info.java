/** Steps apply, commit and dead letter: one batch becomes a few set-based statements and a line in the ledger, in one transaction. */
@NullMarked
package io.caravan.apply;

import org.jspecify.annotations.NullMarked;
