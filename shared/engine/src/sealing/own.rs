//! Own data about encrypted chats: the server keeps it for the person's devices and cannot read it. Sealed under a key that
//! comes from the person's, which all confirmed devices have.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::Key;
use crypto::mls::Me;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::step::Step;

const PURPOSE: &str = "hybrid-messenger own data 1";
/// What a sealed text begins with.
const SEALED: &str = "sealed:";

impl Engine {
    fn own_key(&mut self, s: &mut Step<'_, '_>) -> Result<Option<Key>, EngineError> {
        Ok(Me::load(&mut s.crypto())?.map(|me| me.person().secret().derive(PURPOSE)))
    }

    /// The text for the server's eyes; `None` on a device that is not confirmed.
    pub(crate) fn seal_own(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        text: &str,
    ) -> Result<Option<String>, EngineError> {
        let Some(own) = self.own_key(s)? else { return Ok(None) };
        let sealed = own.seal(s.chance(), key, text.as_bytes());
        Ok(Some(format!("{SEALED}{}", URL_SAFE_NO_PAD.encode(sealed))))
    }

    /// As [`Engine::seal_own`], and the same for the same text: two devices that write the same thing write it once.
    pub(crate) fn seal_own_same(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        text: &str,
    ) -> Result<Option<String>, EngineError> {
        let Some(own) = self.own_key(s)? else { return Ok(None) };
        Ok(Some(format!("{SEALED}{}", URL_SAFE_NO_PAD.encode(own.seal_same(key, text.as_bytes())))))
    }

    /// The text as it was; one that is not sealed is as it is. `None` when this device cannot open it.
    pub(crate) fn open_own(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        text: &str,
    ) -> Result<Option<String>, EngineError> {
        let Some(sealed) = text.strip_prefix(SEALED) else { return Ok(Some(text.to_owned())) };
        let Some(own) = self.own_key(s)? else { return Ok(None) };
        let opened = URL_SAFE_NO_PAD.decode(sealed).ok().and_then(|sealed| own.open(key, &sealed));
        Ok(opened.and_then(|text| String::from_utf8(text).ok()))
    }
}
