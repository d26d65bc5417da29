//! What has no state: ephemeral resources and actions.

use serde_json::Value as Json;
use tf_framework::testing::{Subject, to_json};

use super::{Told, World};

/// What was opened.
pub(crate) struct Opened {
    /// Null if it was not.
    pub(crate) result: Json,
    /// Whether it has to be renewed.
    pub(crate) is_renewed: bool,
    pub(crate) told: Told,
    private: Option<Vec<u8>>,
}

impl World {
    /// Opens an ephemeral resource.
    pub(crate) async fn open(&self, type_name: &str, config: &Json) -> Opened {
        let config = self.client().config(Subject::EphemeralResource(type_name), config);
        let opened = self.client().open(type_name, &config).await.unwrap();
        Opened {
            result: to_json(&opened.value),
            is_renewed: opened.renew_at.is_some(),
            told: opened.told,
            private: opened.private,
        }
    }

    /// Renews it; whether it is to be renewed again.
    pub(crate) async fn renew(&self, type_name: &str, opened: &Opened) -> (bool, Told) {
        let renewed = self.client().renew(type_name, opened.private.clone()).await.unwrap();
        (renewed.renew_at.is_some(), renewed.told)
    }

    /// Closes it.
    pub(crate) async fn close(&self, type_name: &str, opened: &Opened) -> Told {
        self.client().close(type_name, opened.private.clone()).await.unwrap()
    }

    /// Plans an action.
    pub(crate) async fn plan_action(&self, action: &str, config: &Json) -> Told {
        let config = self.client().config(Subject::Action(action), config);
        self.client().plan_action(action, &config).await.unwrap().told
    }

    /// Invokes an action: what it says while it is at work, and at its end. `meanwhile` is called for
    /// each word on its progress.
    pub(crate) async fn invoke(
        &self,
        action: &str,
        config: &Json,
        meanwhile: impl AsyncFn(&str),
    ) -> (Vec<String>, Told) {
        let config = self.client().config(Subject::Action(action), config);
        let invoked = self.client().invoke_action_while(action, &config, meanwhile).await.unwrap();
        (invoked.progress, invoked.told)
    }

    /// An interrupt, to the process that is at work.
    pub(crate) async fn interrupted(&self) {
        Self::interrupt(self.client().server()).await;
    }
}
