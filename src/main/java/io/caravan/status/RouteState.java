package io.caravan.status;

/**
 * What has become of a table's route.
 *
 * @param error why it is stopped; empty while it runs
 */
public record RouteState(boolean running, String error) {}
