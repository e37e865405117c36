<?php
// Stands in for the extension Translate, which Debian does not have: for its markup, and for the API module that tells
// how far a page is translated. A page's units are the pages Translations:PAGE/UNIT/en, what they were when the page was
// marked, and Translations:PAGE/UNIT/LANGUAGE, which begins with !!FUZZY!! where it is outdated.
// https://www.mediawiki.org/wiki/Help:Extension:Translate/API and, in the extension, QueryMessageCollectionActionApi.

use Wikimedia\ParamValidator\ParamValidator;
use Wikimedia\ParamValidator\TypeDef\IntegerDef;

class HeraldTranslate {
	/** What a page shows of its own markup. */
	public static function onParserBeforeInternalParse( $parser, &$text ) {
		$text = preg_replace( '~<translate( nowrap)?>\n?|\n?</translate>|<languages ?/>\n?~', '', $text );
		$text = preg_replace( '~<tvar\|[^>]+>(.*?)</>~s', '$1', $text );
		$text = preg_replace( '~<tvar\s+name\s*=\s*[^>]+>(.*?)</tvar\s*>~s', '$1', $text );
		$text = preg_replace( '~(^=.*=) <!--T:[^_/\n<>]+-->$~m', '$1', $text );
		$text = preg_replace( '~<!--T:[^_/\n<>]+-->[\n ]?~', '', $text );
	}
}

class HeraldMessageCollection extends ApiQueryBase {
	private const TRANSLATIONS = 1198; // the namespace
	private const FUZZY = '!!FUZZY!!';

	public function __construct( ApiQuery $query, $name ) {
		parent::__construct( $query, $name, 'mc' );
	}

	public function execute() {
		$params = $this->extractRequestParams();
		$group = Title::newFromText( preg_replace( '~^page-~', '', $params['group'], 1, $found ) );
		$units = $found && $group ? $this->units( $group->getPrefixedDBkey() ) : [];
		if ( !$units ) {
			$this->dieWithError( [ 'apierror-badparameter', 'mcgroup' ] );
		}
		$language = $params['language'];
		if ( !MediaWiki\MediaWikiServices::getInstance()->getLanguageNameUtils()->isKnownLanguageTag( $language ) ) {
			$this->dieWithError( [ 'apierror-translate-invalidlanguage', $language ] );
		}
		if ( $language === 'de-formal' ) { // as a wiki may be configured
			$this->dieWithError( [ 'apierror-translate-language-disabled', $language ] );
		}
		$result = $this->getResult();
		$result->addValue( [ 'query', 'metadata' ], 'state', false );
		$result->addValue( [ 'query', 'metadata' ], 'resultsize', count( $units ) );
		$begun = $params['offset'] === '';
		$left = $params['limit'];
		foreach ( $units as $key => $definition ) {
			$begun = $begun || $key === $params['offset'];
			if ( !$begun ) {
				continue;
			}
			if ( $left-- === 0 ) {
				$this->setContinueEnumParameter( 'offset', $key );
				break;
			}
			$data = $this->message( $key, $definition, $language );
			$result->addValue( [ 'query', $this->getModuleName() ], null, array_intersect_key(
				$data, array_flip( [ 'key', 'title', 'targetLanguage', 'primaryGroup', ...$params['prop'] ] )
			) );
		}
	}

	private function message( $key, $definition, $language ) {
		$page = $this->page( "$key/$language" );
		$text = $page->exists() ? $page->getContent()->getText() : null;
		$fuzzy = str_starts_with( $text ?? '', self::FUZZY );
		$properties = $page->exists() ? [ 'revision' => (string)$page->getLatest() ] : [];
		$properties['status'] = $text === null ? 'untranslated' : ( $fuzzy ? 'fuzzy' : 'translated' );
		$properties['last-translator-text'] = $page->exists() ? $page->getUserText() : null;
		$properties['last-translator-id'] = $page->exists() ? (string)$page->getUser() : null;
		return [
			'key' => $key,
			'definition' => $definition,
			'translation' => $text === null ? null : str_replace( self::FUZZY, '', $text ),
			'tags' => $fuzzy ? [ 'fuzzy' ] : [],
			'properties' => $properties,
			'title' => $page->getTitle()->getPrefixedText(),
			'targetLanguage' => $language,
			'primaryGroup' => $this->getParameter( 'group' ),
		];
	}

	/** The definitions of a page's units, by their keys. */
	private function units( $key ) {
		$like = $this->getDB()->buildLike( "$key/", $this->getDB()->anyString(), '/en' );
		$this->addTables( 'page' );
		$this->addFields( 'page_title' );
		$this->addWhere( [ 'page_namespace' => self::TRANSLATIONS, "page_title $like" ] );
		$this->addOption( 'ORDER BY', 'page_id' );
		$units = [];
		foreach ( $this->select( __METHOD__ ) as $row ) {
			$units[substr( $row->page_title, 0, -3 )] = $this->page( $row->page_title )->getContent()->getText();
		}
		return $units;
	}

	private function page( $name ) {
		$title = Title::makeTitle( self::TRANSLATIONS, $name );
		return MediaWiki\MediaWikiServices::getInstance()->getWikiPageFactory()->newFromTitle( $title );
	}

	public function getAllowedParams() {
		return [
			'group' => [ ParamValidator::PARAM_TYPE => 'string', ParamValidator::PARAM_REQUIRED => true ],
			'language' => [ ParamValidator::PARAM_TYPE => 'string', ParamValidator::PARAM_DEFAULT => 'en' ],
			'limit' => [
				ParamValidator::PARAM_TYPE => 'limit',
				ParamValidator::PARAM_DEFAULT => 3, // really 500: here what comes in several answers is to be tried
				IntegerDef::PARAM_MIN => 1,
				IntegerDef::PARAM_MAX => ApiBase::LIMIT_BIG2,
				IntegerDef::PARAM_MAX2 => ApiBase::LIMIT_BIG2,
			],
			'offset' => [ ParamValidator::PARAM_TYPE => 'string', ParamValidator::PARAM_DEFAULT => '' ],
			'filter' => [
				ParamValidator::PARAM_TYPE => 'string',
				ParamValidator::PARAM_DEFAULT => '!optional|!ignored',
				ParamValidator::PARAM_ISMULTI => true,
			],
			'prop' => [
				ParamValidator::PARAM_TYPE => [ 'definition', 'translation', 'tags', 'properties', 'revision' ],
				ParamValidator::PARAM_DEFAULT => 'definition|translation',
				ParamValidator::PARAM_ISMULTI => true,
			],
		];
	}
}
