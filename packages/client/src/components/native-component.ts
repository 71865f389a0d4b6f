/** What every component has beside its own methods. */
export interface NativeComponent {
  setData(data: object): void
  triggerEvent(name: string, detail: object): void
}

/** What `Component` and `Behavior` take, as far as it is used here. */
export interface ComponentDefinition {
  readonly behaviors?: readonly unknown[]
  readonly externalClasses?: readonly string[]
  readonly properties?: Readonly<Record<string, StringConstructor | BooleanConstructor>>
  readonly data?: Readonly<Record<string, string | boolean>>
  readonly lifetimes?: { attached?(): void; detached?(): void }
  readonly methods?: Readonly<Record<string, (argument: never) => unknown>>
}

/** The global of the mini program; `This` is what its functions are called on. */
declare function Component<This>(definition: ComponentDefinition & ThisType<This>): void

export function defineComponent<This = NativeComponent>(definition: ComponentDefinition & ThisType<This>): void {
  Component<This>(definition)
}
