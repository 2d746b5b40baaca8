//! Voices as Opus packets in Ogg pages (RFC 7845), written while they are spoken. Knows samples and bytes only.

use ogg::{PacketWriteEndInfo, PacketWriter};
use opus_rs::{Application, OpusEncoder};
use view::Failure;

/// Samples a second, one channel.
pub(super) const RATE: u32 = 48_000;
/// Samples of one packet: 20 ms.
const FRAME: usize = 960;
/// Clear speech; a minute is 180 KB.
const BITS_PER_SECOND: i32 = 24_000;
/// What players skip at the start: the encoder's own delay.
const PRE_SKIP: u16 = 312;
/// A page a second: players seek by pages.
const PAGE_PACKETS: u64 = 50;
/// Largest packet, in bytes (RFC 6716).
const PACKET_BYTES_MAX: usize = 1_275;

/// A file that grows.
pub(super) struct OggOpus {
    encoder: OpusEncoder,
    writer: PacketWriter<'static, Vec<u8>>,
    serial: u32,
    waiting: Vec<f32>,
    /// Held back, for the last one says that it is.
    last: Option<Vec<u8>>,
    packets: u64,
    samples: u64,
}

impl OggOpus {
    /// An empty file; `serial` tells its stream from others.
    ///
    /// # Errors
    /// `Internal` when the encoder cannot be made.
    pub(super) fn new(serial: u32) -> Result<Self, Failure> {
        let mut encoder = OpusEncoder::new(RATE as i32, 1, Application::Audio).map_err(broken)?;
        encoder.bitrate_bps = BITS_PER_SECOND;
        let mut file = Self {
            encoder,
            writer: PacketWriter::new(Vec::new()),
            serial,
            waiting: Vec::with_capacity(FRAME),
            last: None,
            packets: 0,
            samples: 0,
        };
        let mut head = b"OpusHead".to_vec();
        head.extend([1, 1]);
        head.extend(PRE_SKIP.to_le_bytes());
        head.extend(RATE.to_le_bytes());
        head.extend([0, 0, 0]);
        let mut tags = b"OpusTags".to_vec();
        for field in [b"Hybrid Messenger".as_slice(), b""] {
            // The vendor's name, then no comments: a length and that many bytes, and a count of nothing.
            tags.extend((field.len() as u32).to_le_bytes());
            tags.extend(field);
        }
        file.write(head, PacketWriteEndInfo::EndPage, 0)?;
        file.write(tags, PacketWriteEndInfo::EndPage, 0)?;
        Ok(file)
    }

    /// Takes samples between -1 and 1.
    ///
    /// # Errors
    /// `Internal` when the encoder gives up.
    pub(super) fn push(&mut self, samples: &[f32]) -> Result<(), Failure> {
        self.samples += samples.len() as u64;
        self.waiting.extend(samples.iter().map(|sample| sample.clamp(-1.0, 1.0)));
        let waiting = std::mem::take(&mut self.waiting);
        let frames = waiting.chunks_exact(FRAME);
        self.waiting.extend(frames.remainder());
        for frame in frames {
            self.encode(frame)?;
        }
        Ok(())
    }

    /// What was pushed, in milliseconds.
    pub(super) fn duration_ms(&self) -> u64 {
        self.samples * 1_000 / u64::from(RATE)
    }

    /// The whole file.
    ///
    /// # Errors
    /// `Internal` when the encoder gives up.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Failure> {
        // The rest, and what the encoder still holds back.
        self.waiting.resize(self.waiting.len() + usize::from(PRE_SKIP), 0.0);
        let mut rest = std::mem::take(&mut self.waiting);
        rest.resize(rest.len().next_multiple_of(FRAME), 0.0);
        for frame in rest.chunks_exact(FRAME) {
            self.encode(frame)?;
        }
        if let Some(last) = self.last.take() {
            // The position at the end cuts off what was only added to fill the frame.
            let end = self.samples + u64::from(PRE_SKIP);
            self.write(last, PacketWriteEndInfo::EndStream, end)?;
        }
        Ok(self.writer.into_inner())
    }

    fn encode(&mut self, frame: &[f32]) -> Result<(), Failure> {
        let mut packet = vec![0; PACKET_BYTES_MAX];
        let length = self.encoder.encode(frame, FRAME, &mut packet).map_err(broken)?;
        packet.truncate(length);
        if let Some(before) = self.last.replace(packet) {
            self.packets += 1;
            let end = if self.packets.is_multiple_of(PAGE_PACKETS) {
                PacketWriteEndInfo::EndPage
            } else {
                PacketWriteEndInfo::NormalPacket
            };
            let position = self.packets * FRAME as u64;
            self.write(before, end, position)?;
        }
        Ok(())
    }

    fn write(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo, position: u64) -> Result<(), Failure> {
        self.writer.write_packet(packet, self.serial, end, position).map_err(broken)
    }
}

fn broken(error: impl std::fmt::Display) -> Failure {
    tracing::warn!(%error, "a voice could not be encoded");
    Failure::Internal
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use ogg::PacketReader;
    use opus_rs::OpusDecoder;

    use super::*;

    /// Something like a voice: a hum with harmonics that comes and goes four times a second.
    fn voice(seconds: usize) -> Vec<f32> {
        let rate = RATE as f32;
        let sample = |at: usize| {
            let t = at as f32 / rate;
            let loud = (t * 4.0 * std::f32::consts::PI).sin().max(0.0);
            let hum: f32 = (1..12).map(|n| (std::f32::consts::TAU * 150.0 * n as f32 * t).sin() / n as f32).sum();
            0.25 * loud * hum
        };
        (0..seconds * RATE as usize).map(sample).collect()
    }

    fn encoded(samples: &[f32], piece: usize) -> Vec<u8> {
        let mut file = OggOpus::new(7).expect("an encoder");
        for piece in samples.chunks(piece) {
            file.push(piece).expect("it is encoded");
        }
        file.finish().expect("it is whole")
    }

    /// The packets of a file, and where its last page ends.
    fn packets(file: &[u8]) -> (Vec<Vec<u8>>, u64) {
        let mut reader = PacketReader::new(Cursor::new(file));
        let (mut packets, mut end) = (Vec::new(), 0);
        while let Some(packet) = reader.read_packet().expect("pages with right check sums") {
            end = packet.absgp_page();
            packets.push(packet.data);
        }
        (packets, end)
    }

    fn decoded(file: &[u8]) -> Vec<f32> {
        let (packets, end) = packets(file);
        let mut decoder = OpusDecoder::new(RATE as i32, 1).expect("a decoder");
        let mut all = Vec::new();
        for packet in &packets[2..] {
            let mut samples = vec![0.0; FRAME];
            let count = decoder.decode(packet, FRAME, &mut samples).expect("a packet");
            all.extend_from_slice(&samples[..count]);
        }
        all.truncate(usize::try_from(end).expect("a short file"));
        all.split_off(usize::from(PRE_SKIP))
    }

    #[test]
    fn what_was_spoken_is_heard_for_as_long_and_as_loud() {
        let spoken = voice(3);
        let file = encoded(&spoken, 777);
        let heard = decoded(&file);
        assert_eq!(heard.len(), spoken.len(), "to the sample");
        // Loud where it was loud and quiet where it was quiet, 50 ms by 50 ms.
        let energy = |samples: &[f32]| samples.iter().map(|s| s * s).sum::<f32>().sqrt();
        for (at, (spoken, heard)) in spoken.chunks(2_400).zip(heard.chunks(2_400)).enumerate() {
            let (spoken, heard) = (energy(spoken), energy(heard));
            assert!((spoken - heard).abs() < 1.0 + 0.3 * spoken, "piece {at}: {spoken} became {heard}");
        }
        assert!(file.len() < 3 * 6_000, "{} bytes for three seconds", file.len());
    }

    #[test]
    fn a_file_says_what_it_is_and_can_be_sought_in() {
        let file = encoded(&voice(5), 4_800);
        let (packets, end) = packets(&file);
        assert!(packets[0].starts_with(b"OpusHead\x01\x01") && packets[1].starts_with(b"OpusTags"));
        assert_eq!(end, 5 * u64::from(RATE) + u64::from(PRE_SKIP));
        let pages = file.windows(4).filter(|bytes| *bytes == b"OggS").count();
        assert!(pages >= 7, "a page a second: {pages}");
    }

    #[test]
    fn the_shortest_word_is_a_whole_file_too() {
        let heard = decoded(&encoded(&voice(1)[..100], 100));
        assert_eq!(heard.len(), 100);
    }
}
