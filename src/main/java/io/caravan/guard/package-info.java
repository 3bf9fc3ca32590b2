/** Watches what others may do to slot, publication, topics, connector and source: changes that get lost must never go unnoticed. */
@NullMarked
package io.caravan.guard;

import org.jspecify.annotations.NullMarked;
