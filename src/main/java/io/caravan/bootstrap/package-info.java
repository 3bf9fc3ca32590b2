/**
 * Steps slot, copy and connector: from an empty target to one that only needs the stream. Its state is kept in the target, so that
 * every step can be killed and run again.
 */
@NullMarked
package io.caravan.bootstrap;

import org.jspecify.annotations.NullMarked;
