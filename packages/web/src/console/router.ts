import type { OperatorRole, Sentence } from '@weapp-auth/protocol/contract'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import type { icons } from '../ui/icons.ts'

/** A page that stands in the menu. */
export interface MenuPage {
  readonly path: string
  readonly name: Sentence
  readonly icon: keyof typeof icons
  /** Who sees it. Default: everybody. */
  readonly role?: OperatorRole
}

export const menu: readonly MenuPage[] = [
  { path: '/', name: { zh: '总览', en: 'Overview' }, icon: 'state' },
  { path: '/users', name: { zh: '用户', en: 'Users' }, icon: 'person' },
  { path: '/trace', name: { zh: '排查', en: 'Trace' }, icon: 'search' },
  { path: '/apps', name: { zh: '小程序', en: 'Mini programs' }, icon: 'mini-program' },
  { path: '/keys', name: { zh: '密钥', en: 'Keys' }, icon: 'shield' },
  { path: '/consents', name: { zh: '同意', en: 'Consents' }, icon: 'check' },
  { path: '/jobs', name: { zh: '任务', en: 'Jobs' }, icon: 'clock' },
  { path: '/audit', name: { zh: '审计', en: 'Audit' }, icon: 'link' },
  { path: '/exports', name: { zh: '导出', en: 'Exports' }, icon: 'download' },
  { path: '/operators', name: { zh: '运营人员', en: 'Operators' }, icon: 'sliders', role: 'admin' },
]

const routes: readonly RouteRecordRaw[] = [
  { path: '/', component: () => import('./pages/overview-page.vue') },
  { path: '/users', component: () => import('./pages/users-page.vue') },
  { path: '/users/:id', component: () => import('./pages/user-page.vue'), props: true },
  { path: '/trace/:requestId?', component: () => import('./pages/trace-page.vue'), props: true },
  { path: '/apps', component: () => import('./pages/apps-page.vue') },
  { path: '/apps/:appId', component: () => import('./pages/app-page.vue'), props: true },
  { path: '/keys', component: () => import('./pages/keys-page.vue') },
  { path: '/consents', component: () => import('./pages/consents-page.vue') },
  { path: '/jobs', component: () => import('./pages/jobs-page.vue') },
  { path: '/audit', component: () => import('./pages/audit-page.vue') },
  { path: '/exports', component: () => import('./pages/exports-page.vue') },
  { path: '/operators', component: () => import('./pages/operators-page.vue') },
  { path: '/account', component: () => import('./pages/account-page.vue') },
  { path: '/:rest(.*)*', component: () => import('./pages/missing-page.vue') },
]

export const router = createRouter({ history: createWebHistory('/console/'), routes: [...routes] })
