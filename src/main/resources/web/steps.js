/** How far the pipeline is. */

const DOING = {
    none: "Waiting for the databases, for Kafka and for Kafka Connect, if it captures; then checking them",
    slot_intended: "Making the replication slot",
    slot: "Making the tables in the target",
    schema_intended: "Making the tables in the target",
    schema: "Copying the rows",
    copied: "Building indexes and constraints",
    indexed: "Starting the connector",
    streaming: "Streaming",
};

const ORDER = Object.keys(DOING);

export const doing = (step) => (DOING[step] || "Setting up") + "…";

/** Whether this step has been reached. */
export const reached = (status, step) => ORDER.indexOf(status.step) >= ORDER.indexOf(step);

export const isSettingUp = (status) => status.state !== "streaming" && status.state !== "failed";

/** Slot and connector are gone on purpose. */
export const isOver = (status) => status.state === "finished";
