package io.caravan.connector;

/** What is JSON already when it comes to the converter, such as a record's key. Nobody changes the bytes. */
@SuppressWarnings("ArrayRecordComponent")
record Json(byte[] bytes) {}
