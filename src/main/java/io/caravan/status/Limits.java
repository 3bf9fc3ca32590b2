package io.caravan.status;

/**
 * From where on {@link Alarms} speak up.
 *
 * @param walYellowBytes WAL that the source keeps for the slot
 * @param lagYellowSeconds age of the oldest change that is not applied
 */
public record Limits(long walYellowBytes, long walRedBytes, int lagYellowSeconds, int lagRedSeconds) {}
