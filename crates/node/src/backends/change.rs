//! A server is tried before it is added, and changed after.

use infer::{openai::OpenAi, watcher::BackendId};
use tracing::info;

use super::{
    ApiKey, BackendError, Backends, Probed,
    probe::probe,
    server::{NewServer, Server},
};

impl Backends {
    /// Looks at a server that nobody added. `instead_of`: the one that would
    /// become this, whose key is shown where it may be.
    pub async fn try_out(
        &self,
        mut new: NewServer,
        instead_of: Option<&str>,
    ) -> Result<Probed, BackendError> {
        if let Some(name) = instead_of {
            new.key = self.key_for(&self.by_hand(name)?, &new).await?;
        }
        let (server, key) = new.judged().await?;
        let asked = OpenAi::new(server.place, server.reach, key.as_ref())?;
        Ok(probe(&asked, false).await)
    }

    /// Asks a server that was added by hand elsewhere, or by another name, from
    /// now on. Without a key it keeps its own as long as `keeps_key`; another
    /// machine or port never gets to see that one.
    pub async fn change(
        &self,
        name: &str,
        mut new: NewServer,
        keeps_key: bool,
    ) -> Result<BackendId, BackendError> {
        let old = self.by_hand(name)?;
        let fresh = new.key.is_some();
        if keeps_key {
            new.key = self.key_for(&old, &new).await?;
        }
        let kept = !fresh && new.key.is_some();
        new.name = Some(new.name.unwrap_or_else(|| old.id.to_string()));
        let (mut server, key) = new.judged().await?;
        let asked = OpenAi::new(server.place.clone(), server.reach, key.as_ref())?;
        asked.place().clone_into(&mut server.place);

        let _changing = self.changing.lock().await;
        let mut servers = self.servers().to_vec();
        let mut others = servers.iter().filter(|one| one.id != old.id);
        if let Some(known) = others.find(|known| known.is_like(&server)) {
            return Err(BackendError::Known(known.id.to_string()));
        }
        let Some(place) = servers.iter_mut().find(|one| **one == old) else {
            // Somebody else changed it meanwhile.
            return Err(BackendError::Unknown(name.to_owned()));
        };
        server.key = if kept {
            old.key.clone()
        } else {
            self.keep_key(key.as_ref()).await?
        };
        place.clone_from(&server);
        if let Err(error) = self.write(servers).await {
            if !kept {
                self.forget_key(&server).await;
            }
            return Err(error);
        }
        if !kept {
            self.forget_key(&old).await;
        }
        self.watcher.remove(old.id).await;
        self.look_at(&server, key.as_ref()).await?;
        info!(reach = ?server.reach, "a model server was changed");
        self.first_look(&server.id).await;
        Ok(server.id)
    }

    /// The key that a person typed, or that of the server, where it still leads
    /// to whom the key was meant for.
    async fn key_for(
        &self,
        server: &Server,
        new: &NewServer,
    ) -> Result<Option<ApiKey>, BackendError> {
        if new.key.is_some() || !new.is_where(server)? {
            return Ok(new.key.clone());
        }
        self.key_of(server).await
    }
}
