package io.caravan.status;

import io.caravan.postgres.Identifier;
import io.caravan.status.PipelineStatus.Slot;
import java.util.function.Consumer;

/**
 * What of a replication slot a person should know: above all how much WAL it makes its server keep.
 *
 * @param found hears of each
 */
record SlotAlarms(Limits limits, Consumer<Alarm> found) {
    void of(Slot slot) {
        if (!slot.exists()) {
            red(
                    "slot",
                    "The source has no replication slot " + slot.name() + ", so changes are lost.",
                    Alarms.BEGIN_ANEW);
            return;
        }
        String name = "Replication slot " + slot.name();
        if (slot.walStatus().equals("lost")) {
            red("slot", name + " was invalidated: changes are lost.", Alarms.BEGIN_ANEW);
            return;
        }
        if (slot.walStatus().equals("unreserved")) {
            red(
                    "slot",
                    name + " is about to be invalidated: the source may remove its WAL at the next checkpoint.",
                    "Let the connector catch up at once, or raise max_slot_wal_keep_size.");
        }
        held(
                slot,
                name + " makes the source keep ",
                "See that the connector runs and that no transaction of the source stays open for long.");
    }

    /** Of the target, which keeps WAL for it: after a cut-over nobody looks at it until a pipeline the other way round does. */
    void ofWayBack(Slot slot) {
        String name = "Replication slot " + slot.name() + " of the target, the way back,";
        String drop = "run there: SELECT pg_drop_replication_slot(" + Identifier.literal(slot.name()) + ").";
        if (slot.walStatus().equals("lost")) {
            found.accept(Alarm.yellow(
                    "slot", name + " was invalidated: there is no way back.", "To have it out of the way, " + drop));
        } else if (slot.activePid() == 0) {
            held(
                    slot,
                    name + " is read by nobody and makes it keep ",
                    "Begin the pipeline back. If nobody will, " + drop);
        }
    }

    private void held(Slot slot, String who, String remedy) {
        String held = who + ByteCount.text(slot.heldBytes()) + " of WAL";
        Long safe = slot.safeBytes();
        if (slot.heldBytes() >= limits.walRedBytes()) {
            red("slot", held + " (red from " + ByteCount.text(limits.walRedBytes()) + " on).", remedy);
        } else if (slot.heldBytes() >= limits.walYellowBytes()) {
            found.accept(Alarm.yellow(
                    "slot", held + " (yellow from " + ByteCount.text(limits.walYellowBytes()) + " on).", remedy));
        }
        if (safe != null && safe < slot.heldBytes()) { // more than half of max_slot_wal_keep_size is used up
            boolean near = safe < slot.heldBytes() / 4;
            found.accept(new Alarm(
                    near ? Severity.RED : Severity.YELLOW,
                    "slot",
                    held + "; after " + ByteCount.text(Math.max(0, safe))
                            + " more it is invalidated (max_slot_wal_keep_size).",
                    remedy));
        }
    }

    /** While it reads, the connector cannot; what it confirms is missing in the target. */
    void ofAnotherReader(Slot slot, String application) {
        red(
                "slot",
                "Process " + slot.activePid() + " of the source, application '" + application
                        + "', reads replication slot " + slot.name() + ", and not the connector.",
                "End it: select pg_terminate_backend(" + slot.activePid()
                        + "). What it may have confirmed the guard tells.");
    }

    private void red(String subject, String message, String remedy) {
        found.accept(Alarm.red(subject, message, remedy));
    }
}
