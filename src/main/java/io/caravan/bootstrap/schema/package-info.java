/** Step schema: gives the target the chosen tables of the source, by pg_dump where one is new enough, else from the catalogues. */
@NullMarked
package io.caravan.bootstrap.schema;

import org.jspecify.annotations.NullMarked;
