/** Passes the rows of a copy through the user's own steps, as the stream's events pass them between read and apply. */
@NullMarked
package io.caravan.ownsteps;

import org.jspecify.annotations.NullMarked;
