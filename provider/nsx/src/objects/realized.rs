//! What became of what was written.

use crate::meta::wire;

api_client::wire_enum! {
    /// How far a path is realized.
    pub enum StatusValue {
        /// Everywhere.
        Success = "SUCCESS",
        /// It is being done.
        InProgress = "IN_PROGRESS",
        /// It failed; it may heal.
        Error = "ERROR",
        /// Not known.
        Unknown = "UNKNOWN",
        /// Nothing to realize, or not begun. A domain stays so.
        Uninitialized = "UNINITIALIZED",
        /// Down.
        Down = "DOWN",
        /// In part; spelled as the API spells it.
        Degraded = "DEGRAGED",
        /// Switched off.
        Disabled = "DISABLED",
    }
}

api_client::wire_enum! {
    /// How far a path is published to the enforcement points.
    pub enum PublishStatus {
        /// Not known.
        Unavailable = "UNAVAILABLE",
        /// Not yet.
        Unrealized = "UNREALIZED",
        /// Everywhere.
        Realized = "REALIZED",
        /// It failed.
        Error = "ERROR",
    }
}

api_client::wire_enum! {
    /// State of a segment on the transport nodes.
    pub enum SegmentStateKind {
        /// Not begun.
        Pending = "pending",
        /// Being done.
        InProgress = "in_progress",
        /// Everywhere.
        Success = "success",
        /// Nowhere.
        Failed = "failed",
        /// In part.
        PartialSuccess = "partial_success",
        /// Its intent is gone.
        Orphaned = "orphaned",
        /// Not known.
        Unknown = "unknown",
        /// Wrong.
        Error = "error",
        /// As it should be.
        InSync = "in_sync",
    }
}

wire! {
    /// Realization of a policy path, over all enforcement points.
    pub struct RealizationStatus {
        /// The status.
        consolidated_status: Consolidated,
        /// The same, point by point.
        consolidated_status_per_enforcement_point: Vec<StatusAtPoint>,
        /// The path.
        intent_path: String,
        /// Whether it is published.
        publish_status: PublishStatus,
    }

    /// A status in its wrapping.
    pub struct Consolidated {
        /// The status.
        consolidated_status: StatusValue,
    }

    /// Status at one enforcement point.
    pub struct StatusAtPoint {
        /// What is wrong.
        alarm: RuntimeAlarm,
        /// The status.
        consolidated_status: Consolidated,
        /// Policy path of the point.
        enforcement_point_path: String,
    }

    /// What is wrong at an enforcement point.
    pub struct RuntimeAlarm {
        /// In words.
        message: String,
    }

    /// Something that realizes a policy path.
    pub struct RealizedEntity {
        /// Its id.
        id: String,
        /// Its name.
        display_name: String,
        /// Its path in the realized tree.
        path: String,
        /// What is wrong with it.
        alarms: Vec<Alarm>,
        /// Its kind, such as `IpBlockSubnet`.
        entity_type: String,
        /// Properties, such as `cidr`.
        extended_attributes: Vec<Attribute>,
        /// Policy paths that it realizes.
        intent_paths: Vec<String>,
        /// Whether it is there.
        state: PublishStatus,
    }

    /// What could not be realized.
    pub struct Alarm {
        /// Why, in words.
        message: String,
        /// How bad it is: `INFO`, `WARNING`, `SUGGESTIVE` or `ERROR`.
        severity: String,
        /// Policy paths of what was meant.
        intent_paths: Vec<String>,
        /// Path of the source, which may be one of those.
        source_reference: String,
    }

    /// A property of a realized entity.
    pub struct Attribute {
        /// Its name.
        key: String,
        /// Its values.
        values: Vec<String>,
    }

    /// State of a segment.
    pub struct SegmentState {
        /// How it is.
        state: SegmentStateKind,
        /// What failed.
        failure_message: String,
        /// Policy path of the segment.
        segment_path: String,
    }
}

// === impl RealizationStatus ===

impl RealizationStatus {
    fn value(&self) -> Option<&StatusValue> {
        self.consolidated_status.as_ref()?.consolidated_status.as_ref()
    }

    /// Whether it is in force everywhere. What NSX does not know is not.
    #[must_use]
    pub fn is_realized(&self) -> bool {
        match self.value() {
            Some(value) => *value == StatusValue::Success,
            None => self.publish_status == Some(PublishStatus::Realized),
        }
    }

    /// Whether NSX says that it failed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.value() == Some(&StatusValue::Error)
            || (self.publish_status == Some(PublishStatus::Error) && !self.is_realized())
    }

    /// What is wrong, in NSX's words.
    #[must_use]
    pub fn alarms(&self) -> Vec<String> {
        let points = self.consolidated_status_per_enforcement_point.iter().flatten();
        points.filter_map(|point| point.alarm.as_ref()?.message.clone()).collect()
    }
}

// === impl RealizedEntity ===

impl RealizedEntity {
    /// The values of a property; empty if it has none of that name.
    #[must_use]
    pub fn attribute(&self, key: &str) -> &[String] {
        let found =
            self.extended_attributes.iter().flatten().find(|a| a.key.as_deref() == Some(key));
        found.and_then(|attribute| attribute.values.as_deref()).unwrap_or_default()
    }
}
