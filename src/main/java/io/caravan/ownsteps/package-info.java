/** The steps of one's own between read and apply, for rows that come by a copy: the target gets what the steps make of them. */
@NullMarked
package io.caravan.ownsteps;

import org.jspecify.annotations.NullMarked;
