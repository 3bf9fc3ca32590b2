/** What Caravan knows of PostgreSQL itself: positions, names, tables, sessions, replication slots. Imports nothing of Caravan's. */
@NullMarked
package io.caravan.postgres;

import org.jspecify.annotations.NullMarked;
