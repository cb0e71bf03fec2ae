/** A bare RP2040: an image in flash, bytes in and out of UART and USB, and virtual time that tests step. */
import { ConsoleLogger, createSetupPacket, LogLevel, Simulator, USBCDC } from 'rp2040js';

const nanosPerCycle = 8;
const uartByteNanos = 87_000;
const watchdogKey = 0x40058;
const hardFault = 3;
/** As usb_descriptors.c says. */
const dataEndpoint = 2;

export class BareBoard {
  private readonly simulator = new Simulator();
  readonly clock = this.simulator.clock;
  readonly chip = this.simulator.rp2040;
  uart = '';
  usb = '';
  usbConnected = false;
  /** Milliseconds at which the watchdog fired or was triggered. */
  readonly resets: number[] = [];
  readonly controlReplies: Uint8Array[] = [];

  private readonly toDevice: number[] = [];
  private usbAsked = false;

  constructor(image: Uint8Array) {
    const { chip } = this;
    chip.logger = new ConsoleLogger(LogLevel.Error, false);
    chip.flash.set(image);
    chip.core.PC = 0x10000000;
    chip.uart[0]!.onByte = (byte) => {
      this.uart += String.fromCharCode(byte);
    };
    const cdc = new USBCDC(chip.usbCtrl);
    cdc.onSerialData = (bytes) => {
      this.usb += Buffer.from(bytes).toString('latin1');
    };
    cdc.onDeviceConnected = () => {
      this.usbConnected = true;
    };
    const write = chip.usbCtrl.onEndpointWrite!;
    chip.usbCtrl.onEndpointWrite = (endpoint, bytes) => {
      if (endpoint === 0 && this.usbConnected) this.controlReplies.push(Uint8Array.from(bytes));
      else write(endpoint, bytes);
    };
    chip.usbCtrl.onEndpointRead = (endpoint) => {
      if (endpoint !== dataEndpoint) return;
      this.usbAsked = true;
      this.feedUsb();
    };
    const watchdog = chip.peripherals[watchdogKey]!;
    (watchdog as unknown as { onWatchdogTrigger(): void }).onWatchdogTrigger = () => {
      this.resets.push(this.clock.nanos / 1e6);
      watchdog.writeUint32(0, 0); // the emulator would trigger for ever
    };
    // The emulator has no faults of its own: an undefined instruction is a break to it.
    chip.onBreak = () => chip.core.exceptionEntry(hardFault);
  }

  /** Steps until `done`, or for so many milliseconds; whether it came to be done. */
  run(milliseconds: number, done: () => boolean = () => false): boolean {
    const end = this.clock.nanos + milliseconds * 1e6;
    while (this.clock.nanos < end) {
      if (done()) return true;
      const { core } = this.chip;
      if (core.waiting)
        this.clock.tick(Math.min(this.clock.nanosToNextAlarm, end - this.clock.nanos) || nanosPerCycle);
      else
        for (let i = 0; i < 100 && !core.waiting; i++)
          this.clock.tick(core.executeInstruction() * nanosPerCycle);
    }
    return done();
  }

  sendUart(text: string | Uint8Array): void {
    for (const byte of Buffer.from(text as string)) {
      this.chip.uart[0]!.feedByte(byte);
      this.run(uartByteNanos / 1e6);
    }
  }

  sendUsb(text: string | Uint8Array): void {
    this.toDevice.push(...Buffer.from(text as string));
    this.feedUsb();
  }

  /** Lines of the answer to a command, without the closing `m-ready`. */
  ask(port: 'uart' | 'usb', command: string, milliseconds = 3000): string[] {
    this[port] = '';
    if (port === 'uart') this.sendUart(`${command}%`);
    else this.sendUsb(`${command}%`);
    const done = () => this[port].endsWith('m-ready\r\n');
    if (!this.run(milliseconds, done)) throw new Error(`no answer to ${command} but "${this[port]}"`);
    return this[port].slice(0, -'m-ready\r\n'.length).split('\r\n').slice(0, -1);
  }

  /** A control transfer without data, or with up to 64 bytes from the host. @returns what the device sent. */
  control(
    setup: {
      readonly type: number;
      readonly request: number;
      readonly value: number;
      readonly length: number;
    },
    data?: Uint8Array,
  ): Uint8Array[] {
    this.controlReplies.length = 0;
    const packet = createSetupPacket({
      dataDirection: setup.type >> 7,
      type: (setup.type >> 5) & 3,
      recipient: setup.type & 31,
      bRequest: setup.request,
      wValue: setup.value,
      wIndex: 0,
      wLength: setup.length,
    });
    this.chip.usbCtrl.sendSetupPacket(packet);
    this.run(0.1);
    if (data) this.chip.usbCtrl.endpointReadDone(0, data);
    this.run(1);
    return [...this.controlReplies];
  }

  private feedUsb(): void {
    if (!this.usbAsked || this.toDevice.length === 0) return;
    this.usbAsked = false;
    this.chip.usbCtrl.endpointReadDone(dataEndpoint, Uint8Array.from(this.toDevice.splice(0, 64)));
  }
}
