/** `navigationStyle` and its kin in app.json (`window`) and in the JSON of a page. */
export interface WindowConfig {
  readonly navigationBarTitleText?: string
  readonly navigationBarBackgroundColor?: string
  readonly navigationBarTextStyle?: 'black' | 'white'
  readonly navigationStyle?: 'default' | 'custom'
  readonly backgroundColor?: string
}

/** An entry of `tabBar.list` in app.json. */
export interface TabConfig {
  readonly pagePath: string
  readonly text: string
  readonly iconPath?: string
  readonly selectedIconPath?: string
}

/** The parts of app.json that the host acts upon. */
export interface AppConfig {
  /** Those of subpackages too. */
  readonly pages: readonly string[]
  readonly entryPagePath?: string
  readonly window?: WindowConfig
  readonly tabBar?: { readonly list: readonly TabConfig[] }
  readonly usingComponents?: Readonly<Record<string, string>>
}

/** The JSON of a page or component. */
export interface ComponentConfig extends WindowConfig {
  readonly component?: boolean
  readonly componentGenerics?: Readonly<Record<string, unknown>>
  readonly usingComponents?: Readonly<Record<string, string>>
}

/** Values of theme.json, which app.json and pages name as `@variable`. */
export type Theme = Readonly<Record<'light' | 'dark', Readonly<Record<string, string>>>>

/** A module of the mini program: gets its globals as parameters, see `moduleParameters` of the build. */
export type ModuleFactory = (...globals: readonly unknown[]) => void

/** A mini-program folder after `compileMiniProgram`; all keys are paths without ending. */
export interface CompiledMiniProgram {
  readonly app: AppConfig
  readonly theme?: Theme
  /** Pages and the components they use. */
  readonly configs: Readonly<Record<string, ComponentConfig>>
  /** Made by glass-easel's template compiler. */
  readonly templates: Readonly<Record<string, unknown>>
  /** CSS; `app` is the sheet of app.wxss. */
  readonly styles: Readonly<Record<string, string>>
  /** Pictures as data URLs, by absolute path such as `/images/logo.svg`. */
  readonly assets: Readonly<Record<string, string>>
  /** Prefix of the class names of isolated components. */
  readonly styleScopes: Readonly<Record<string, string>>
  readonly modules: Readonly<Record<string, ModuleFactory>>
  /** Names of the parameters of every module, in their order. */
  readonly moduleParameters: readonly string[]
}
